import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import type { Keyring } from "./keyring.ts";
import { listKeys } from "./list-keys.ts";
import { rotate } from "./rotate.ts";
import { sweepOperation } from "./sweep.ts";

export function keyringOperations(definition: (name: string) => OperationDefinition, { keks }: Keyring): Operation[] {
  return [
    implement(definition("key.list"), listKeys),
    implement(definition("key.rotate"), (context) => rotate(keks, context)),
  ];
}

/** The server's own duty: run it for each tenant until its output says `isDone`. */
export function keySweep({ keks, deks, payloadKeys }: Keyring): Operation {
  return sweepOperation(keks, deks, payloadKeys);
}
