import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { isSet, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { checks } from "./checks.ts";
import type { Finding } from "./finding.ts";

/** Looks at everything a working command needs and says what is wrong. */
export const selfCheck: Command = {
  words: ["self-check"],
  summary: "Check this installation, the way to the server, the server, and the agent of this host",
  details:
    "Each check is ok, degraded (it works, with less than there could be), unavailable (it could not be made, or does not " +
    "apply) or wrong. Exits with 1 when one is wrong.",
  options: [
    { name: "verbose", short: "v", summary: "show the checks that are ok as well" },
    { name: "data-dir", value: "dir", summary: "data folder whose permissions are checked (./.holdfast)" },
  ],
  examples: [
    { command: "holdfast self-check", says: "what is wrong, if anything" },
    { command: "holdfast self-check --verbose", says: "everything that was looked at" },
  ],
  async run(context, given) {
    const findings: Finding[] = [];
    for (const check of checks) findings.push(...[await check(context, textOption(given, "data-dir"))].flat());
    const isWrong = findings.some(({ state }) => state === "wrong");
    const isVerbose = isSet(given, "verbose");
    const shown = findings.filter(({ state }) => isVerbose || state !== "ok");
    const { style } = context.output;
    const heading = isVerbose ? `${style.bold("System Diagnostics")}\n` : "";
    print(context, { ok: !isWrong, checks: findings }, () => heading + linesOf(shown, isWrong, style));
    return isWrong ? exitCodes.failed : undefined;
  },
};

function linesOf(findings: readonly Finding[], isWrong: boolean, style: Style): string {
  const marks = {
    ok: style.good("ok"),
    degraded: style.warn("degraded"),
    unavailable: style.warn("unavailable"),
    wrong: style.bad("wrong"),
  };
  const lines = findings.map(({ name, state, detail }) => `${marks[state]}  ${name}: ${printable(detail)}\n`);
  return `${lines.join("")}${isWrong ? "" : "nothing is wrong\n"}`;
}
