import { createHash } from "node:crypto";

/** SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt without the blank line that it begins with. */
const apache2 = "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4";

/** The licence is the plain one, and every package says so. */
export function findInLicences(licence: string, manifests: readonly (readonly [string, string])[]): readonly string[] {
  const isPlain = createHash("sha256").update(licence).digest("hex") === apache2;
  return [
    ...(isPlain ? [] : ["LICENSE: is not the plain text of Apache-2.0"]),
    ...manifests
      .filter(([, text]) => (JSON.parse(text) as { license?: string }).license !== "Apache-2.0")
      .map(([file]) => `${file}: license is not Apache-2.0`),
  ];
}
