import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { exportRange } from "./export.ts";
import { checkpoint, head, key } from "./head.ts";
import type { Ledger } from "./ledger.ts";
import { log } from "./log.ts";
import { prove } from "./prove.ts";
import { type Verify, verify } from "./verify.ts";

export function auditOperations(
  definition: (name: string) => OperationDefinition,
  ledger: Ledger,
  runVerify: Verify,
): Operation[] {
  return [
    implement(definition("audit.log"), log(ledger)),
    implement(definition("audit.prove"), prove(ledger)),
    implement(definition("audit.export"), exportRange(ledger)),
    implement(definition("audit.head"), head(ledger)),
    implement(definition("audit.checkpoint"), checkpoint(ledger)),
    implement(definition("audit.key"), key(ledger)),
    implement(definition("audit.verify"), verify(runVerify)),
  ];
}
