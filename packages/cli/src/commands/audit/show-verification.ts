import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { reasonOf } from "./sentences.ts";

export type Verification = Operations["audit.verify"]["output"];

/** The verdict in lines: what holds, or the first bad entry and each unexplained row. */
export function showVerification(verification: Verification, style: Style): string {
  return `${[ledgerLine(verification, style), ...stateLines(verification, style)].join("\n")}\n`;
}

/** The ledger alone: its entries may hold while a row is not what they say. */
function ledgerLine({ size, root, firstBad, durationMs }: Verification, style: Style): string {
  return firstBad === undefined
    ? `${style.good("ok")}  ${count(size, "entry", "entries")} verified in ${Math.round(durationMs)} ms, root ${root}`
    : `${style.bad("bad")}  entry ${firstBad.seq}: ${printable(reasonOf(firstBad.reason))}`;
}

function stateLines({ state }: Verification, style: Style): readonly string[] {
  if (state === undefined) return [];
  if (state.ok) return [`${style.good("ok")}  ${count(state.rows, "row")} explained by the ledger`];
  return state.unexplained.map(
    ({ table, key, reason }) => `${style.bad("bad")}  ${printable(`${table} ${key}: ${reasonOf(reason)}`)}`,
  );
}
