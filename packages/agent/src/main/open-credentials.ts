import {
  chooseCredentialStore,
  type CredentialStore,
  type Environment,
  type Feature,
  rootKeyName,
  StartFailure,
} from "@holdfast/runtime";
import type { AgentFolder } from "./data-folder.ts";
import type { AgentSettings } from "../settings/index.ts";

/** Where the agent's secrets lie, and what is said of that. */
export interface OpenCredentials {
  readonly store: CredentialStore;
  readonly feature: Feature;
}

/** The credential store that settings name, or the best one here. */
export async function openCredentials(
  { credentials }: AgentSettings,
  folder: AgentFolder,
  environment: Environment,
): Promise<OpenCredentials> {
  const chosen = await chooseCredentialStore(credentials.store, rootKeyName, {
    program: "holdfast-agent",
    folder: folder.path,
    files: { [rootKeyName]: folder.rootKey },
    environment,
  });
  if (!chosen.ok) throw new StartFailure("root_key", chosen.message, chosen.hint);
  const { store, why, passedOver } = chosen;
  const others = passedOver.map((one) => `${one.kind}: ${one.why}`).join("; ");
  const name = "credential-store";
  const detail = `${store.description} (${why})`;
  const feature: Feature =
    store.kind === "file" && others !== ""
      ? { name, state: "degraded", detail: `${detail}; ${others}` }
      : { name, state: "available", detail };
  return { store, feature };
}
