import { type Input, Refusal } from "@holdfast/engine";
import type { Node } from "./store.ts";

/** What a writer insists on: the version that must be current, 0 for none. */
export interface Expectation {
  readonly version: number;
  refusal(current: number): Refusal;
}

/** A deleted or destroyed key has no current version, exactly as a read of it answers. */
const currentOf = (node: Pick<Node, "state" | "latest"> | undefined): number =>
  node?.state === "live" ? node.latest : 0;

export function requireExpected(expected: Expectation | undefined, node: Node | undefined): void {
  const current = currentOf(node);
  if (expected !== undefined && expected.version !== current) throw expected.refusal(current);
}

/** `POST` makes keys; it never adds a version to one that is there. */
export const mustBeFree: Expectation = {
  version: 0,
  refusal: () => new Refusal("already_exists", "This key exists.", { hint: "PUT writes its next version." }),
};

/** The precondition of a request: `cas` in its body, If-Match or If-None-Match in its header. */
export function expectationOf({ body, precondition }: Input): Expectation | undefined {
  const cas = body["cas"] as number | undefined;
  if (cas !== undefined && precondition !== undefined && cas !== precondition) {
    throw new Refusal("invalid_input", "The precondition in the header and cas in the body contradict each other.");
  }
  const version = precondition ?? cas;
  return version === undefined ? undefined : { version, refusal: mismatch(precondition !== undefined) };
}

const mismatch = (isPrecondition: boolean) => (current: number) =>
  new Refusal(
    "version_mismatch",
    current === 0 ? "There is no current version." : `The current version is ${current}.`,
    {
      hint: "Read the key again and decide on what it holds now.",
      precondition: isPrecondition,
    },
  );
