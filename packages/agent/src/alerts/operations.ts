import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { acknowledgeAlert, reopenAlert } from "./acknowledge.ts";
import { createSilence } from "./create-silence.ts";
import { deleteSilence } from "./delete-silence.ts";
import { listAlerts } from "./list.ts";
import { listSilences } from "./list-silences.ts";
import { readAlert } from "./read.ts";

export function alertOperations(definition: (name: string) => OperationDefinition): Operation[] {
  return [
    implement(definition("alert.list"), listAlerts),
    implement(definition("alert.read"), readAlert),
    implement(definition("alert.acknowledge"), acknowledgeAlert),
    implement(definition("alert.reopen"), reopenAlert),
    implement(definition("silence.create"), createSilence),
    implement(definition("silence.list"), listSilences),
    implement(definition("silence.delete"), deleteSilence),
  ];
}
