import type { Command, Context, Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { isSet, numberOption, textOption } from "../../given.ts";
import { secondsOf } from "../token/seconds.ts";
import { QuerySession, type QuerySettings } from "./session.ts";

const maxBytes = 65_536;
const maxTimeoutSeconds = 30;

/** Asks the tables of this host by SQL. */
export const query: Command = {
  words: ["query"],
  program: "agent",
  summary: "Ask the tables of this host by SQL",
  details:
    "One SELECT, admitted and run like a rule: in a sandbox, on data that it cannot change. Without a statement, on a " +
    "terminal, statements are read one after another, with history and completion by Tab; .help says what else there is. " +
    "Rows are cut to the width of a terminal; --line shows them whole. In CSV, a text that a spreadsheet would take for a " +
    "formula (= + - @ at its beginning, or behind a semicolon, a tab or a line end in it) gets a ' before it, unless --exact is given. Joins, LIKE, IN and " +
    "CASE are admitted, unless agent.detection.queryProfile is strict.",
  arguments: [
    {
      name: "statement",
      isOptional: true,
      isVariadic: true,
      summary: "the SELECT, .tables, or .schema [table]; - reads it from stdin",
    },
  ],
  options: [
    { name: "csv", summary: "print rows as CSV (RFC 4180)" },
    { name: "exact", summary: "with --csv: every value as it is, for a program" },
    { name: "line", summary: "print a line for each value" },
    { name: "limit", value: "n", summary: "this many rows at most (1000; 10000 are the most)" },
    { name: "timeout", value: "time", summary: "how long it may run (10s; 30s is the most)" },
  ],
  examples: [
    {
      command: `holdfast query "select pid, name, username from processes order by resident_size desc limit 5"`,
      says: "what is largest",
    },
    { command: "holdfast query .tables", says: "what there is to read" },
    {
      command: `holdfast query --csv "select * from listening_ports" > ports.csv`,
      says: "what listens, for a spreadsheet",
    },
    { command: "holdfast query", says: "ask one thing after another" },
  ],
  async run(context, given) {
    const settings = settingsOf(given);
    const statement = await statementOf(context, given);
    const session = new QuerySession(context, settings, { isInteractive: statement === undefined });
    if (statement === undefined) await converse(context, session);
    else if (statement.startsWith(".")) await session.command(statement);
    else await session.query(statement);
    return undefined;
  },
};

function settingsOf(given: Given): QuerySettings {
  const [isCsv, isLine, time] = [isSet(given, "csv"), isSet(given, "line"), textOption(given, "timeout")];
  if (Number(isCsv) + Number(isLine) + Number(isSet(given, "json")) > 1)
    throw usage("--csv, --line and --json name two formats");
  if (isSet(given, "exact") && !isCsv) throw usage("--exact goes with --csv");
  const seconds = time === undefined ? undefined : secondsOf(time);
  if (seconds !== undefined && seconds > maxTimeoutSeconds)
    throw usage(`--timeout takes ${maxTimeoutSeconds}s at most`);
  return {
    format: isCsv ? "csv" : isLine ? "line" : "table",
    isExact: isSet(given, "exact"),
    limit: numberOption(given, "limit", 1),
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

/** What was given as an argument or piped in; undefined when there is nothing but a terminal. */
async function statementOf({ input, output }: Context, given: Given): Promise<string | undefined> {
  const text = given.arguments.length === 0 ? undefined : given.arguments.join(" ");
  if (text !== undefined && text !== "-") return text;
  if (text === undefined && input.isTerminal && output.isTerminal) return undefined;
  if (text === undefined && !input.isPiped) throw usage("no statement was given", 'holdfast query "select …"');
  return (await input.readAll(maxBytes)).toString("utf8").trim();
}

async function converse(context: Context, session: QuerySession): Promise<void> {
  if (context.settings.isJson) throw usage("--json needs a statement", 'holdfast query --json "select …"');
  const { interact } = await import("./interactive.ts");
  const { stdin, stdout } = process;
  await interact(context, session, { input: stdin, output: stdout, isTerminal: true });
}
