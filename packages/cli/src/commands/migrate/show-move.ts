import type { MovedInstallation } from "@holdfast/server";
import { count } from "../../terminal/count.ts";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { showVerification } from "../audit/show-verification.ts";

/** What came of a move in lines; what to do next comes from the direction. */
export function showMove(moved: MovedInstallation, style: Style, next: readonly string[]): string {
  const { ok, source, copied, target } = moved;
  if (target === undefined || copied === undefined) return showSourceFault(moved, style);
  if (!ok) return showVerification(target, style) + copyFault(moved);
  const [what, when] = moved.found === "copied" ? ["there ", "already"] : ["copied", "now"];
  const lines = [
    `${style.good("ok")}  source  ${held(source)}`,
    `${style.good("ok")}  ${what}  ${countsOf(copied)}`,
    `${style.good("ok")}  target  ${held(target)}, the same head`,
    "",
    printable(`${moved.to} holds the ledger ${when}. Nothing was changed in ${moved.from}.`),
    "",
    "Next:",
    ...next.map((line) => `  - ${printable(line)}`),
  ];
  return `${lines.join("\n")}\n`;
}

const held = ({ size, state, durationMs }: MovedInstallation["source"]): string =>
  `${count(size, "entry", "entries")} and ${count(state?.rows ?? 0, "row")} verified in ${durationMs} ms`;

function countsOf({ entries, tiles, rows, checkpoints }: NonNullable<MovedInstallation["copied"]>): string {
  return [
    count(entries, "entry", "entries"),
    count(rows, "row"),
    count(tiles, "tile"),
    count(checkpoints, "checkpoint"),
  ].join(", ");
}

function showSourceFault({ source, from, to }: MovedInstallation, style: Style): string {
  return `${showVerification(source, style)}\n${printable(`${from} does not hold, so nothing was written to ${to}.`)}\n`;
}

function copyFault({ from, to }: MovedInstallation): string {
  return (
    `\n${printable(`The copy in ${to} does not hold; no server starts on it. Nothing was changed in ${from}.`)}\n` +
    "Remove it before you run this again: DROP SCHEMA holdfast CASCADE, or the file that ends in .copy.\n"
  );
}
