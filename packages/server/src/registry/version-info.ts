import type { Kind, State, Version } from "./store.ts";

/** One version without its value, as the contract shows it. */
export interface VersionInfo {
  readonly version: number;
  readonly state: State;
  readonly contentType: string;
  readonly encoding?: "base64";
  readonly metadata: unknown;
  readonly note?: string;
  readonly size: number;
  readonly createdAt: string;
  readonly createdBy: string;
}

export function infoOf(version: Omit<Version, "rev">): VersionInfo {
  return {
    version: version.version,
    state: version.state,
    contentType: version.contentType,
    ...(version.encoding !== null && { encoding: version.encoding }),
    metadata: JSON.parse(version.metadata),
    ...(version.note !== null && { note: version.note }),
    size: version.size,
    createdAt: new Date(version.createdAt).toISOString(),
    createdBy: version.author,
  };
}

/** What a sealed value belongs to (docs/formats/sealed-value.md): it opens nowhere else (ATTACKS 29). */
export const sealContextOf = (tenant: string, path: string, kind: Kind, version: number, contentType: string) => ({
  purpose: "value",
  tenant,
  path,
  version,
  kind,
  contentType,
});
