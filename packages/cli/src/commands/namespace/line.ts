import type { Operations } from "@holdfast/contract/types";

/** A namespace in one line. */
export function lineOf({ path, environment, inheritedFrom }: Operations["namespace.read"]["output"]): string {
  return `${path}  ${environment}${inheritedFrom === undefined ? "" : `, inherited from ${inheritedFrom}`}\n`;
}
