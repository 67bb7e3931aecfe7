import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { reasonOf } from "./sentences.ts";

export type Verification = Operations["audit.verify"]["output"];

/** The verdict in lines: what holds, or the first bad entry and each unexplained row. */
export function showVerification({ ok, size, root, firstBad, state, durationMs }: Verification, style: Style): string {
  const lines = [
    ok
      ? `${style.good("ok")}  ${count(size, "entry", "entries")} verified in ${Math.round(durationMs)} ms, root ${root}`
      : `${style.bad("bad")}  ${firstBad === undefined ? "the ledger does not verify" : `entry ${firstBad.seq}: ${printable(reasonOf(firstBad.reason))}`}`,
  ];
  if (state?.ok === true) lines.push(`${style.good("ok")}  ${count(state.rows, "row")} explained by the ledger`);
  for (const { table, key, reason } of state?.unexplained ?? []) {
    lines.push(`${style.bad("unexplained")}  ${printable(`${table} ${key}: ${reasonOf(reason)}`)}`);
  }
  return `${lines.join("\n")}\n`;
}
