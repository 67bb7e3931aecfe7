import { createInterface, type Interface } from "node:readline";
import type { Context } from "../../command.ts";
import { report } from "../../report.ts";
import { completions } from "./complete.ts";
import { loadHistory, saveHistory } from "./history.ts";
import type { QuerySession } from "./session.ts";

/** Where lines are typed, and where what is typed shows. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly isTerminal: boolean;
}

const PROMPT = "holdfast> ";
const MORE = "      ... ";

/** Reads statements until the user has enough; a refusal ends a statement and not the session. */
export async function interact(context: Context, session: QuerySession, terminal: Terminal): Promise<void> {
  const lines = createInterface({
    input: terminal.input,
    output: terminal.output,
    terminal: terminal.isTerminal,
    history: loadHistory(context.env),
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
      session.tables().then(
        (tables) => done(null, [...completions(line, tables)] as [string[], string]),
        () => done(null, [[], line]),
      );
    },
  });
  try {
    await readAll(context, session, lines);
  } finally {
    lines.close();
  }
}

async function readAll(context: Context, session: QuerySession, lines: Interface): Promise<void> {
  let statement = "";
  let isClosed = false;
  lines.once("close", () => {
    isClosed = true;
  });
  const prompt = (): void => {
    // What was typed before the end is still to be run.
    if (isClosed) return;
    lines.setPrompt(statement === "" ? PROMPT : MORE);
    lines.prompt();
  };
  // Ctrl-C gives up what is being typed; Ctrl-D on an empty line ends.
  lines.on("SIGINT", () => {
    statement = "";
    for (const name of ["e", "u"]) lines.write("", { ctrl: true, name });
    context.output.err("\n");
    prompt();
  });
  lines.on("history", (newestFirst: string[]) => keep(newestFirst, context));
  prompt();
  for await (const line of lines) {
    if (statement === "" && line.startsWith(".")) {
      if (!(await isToGoOn(context, () => session.command(line)))) return;
    } else {
      statement = statement === "" ? line.trim() : `${statement}\n${line}`;
      const isWhole = statement !== "" && (line.trim() === "" || line.trimEnd().endsWith(";"));
      if (isWhole) {
        const sql = statement.trim().replace(/;$/, "").trim();
        statement = "";
        if (sql !== "") await isToGoOn(context, () => session.query(sql).then(() => true));
      }
    }
    prompt();
  }
}

async function isToGoOn({ output }: Context, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    report(error, output);
    return true;
  }
}

/** History is a comfort: a state folder that cannot be written stops nobody. */
function keep(newestFirst: readonly string[], { env }: Context): void {
  try {
    saveHistory(newestFirst, env);
  } catch {
    // It is kept for this session.
  }
}
