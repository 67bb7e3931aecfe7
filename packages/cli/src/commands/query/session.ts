import type { Context } from "../../command.ts";
import { usage } from "../../failure.ts";
import { wholeNumber } from "../../given.ts";
import { count } from "../../terminal/count.ts";
import { remark } from "../../terminal/print.ts";
import { printableJson } from "../../terminal/printable.ts";
import { dotCommands } from "./complete.ts";
import { pointAt } from "./point-at.ts";
import { schemaLines, tableLines, type Tables } from "./schema.ts";
import { type RowFormat, rowFormats, showRows } from "./show-rows.ts";

/** How statements are run and shown. */
export interface QuerySettings {
  readonly format: RowFormat;
  /** CSV for programs: nothing stands before what a spreadsheet would take for a formula. */
  readonly isExact: boolean;
  readonly limit: number | undefined;
  readonly timeoutMs: number | undefined;
}

const help = `.tables            tables that can be read
.schema [table]    columns of a table, or of all
.mode format       table, csv or line
.limit n           this many rows at most
.quit              ends
A statement ends with ";" or an empty line.
`;

/** Runs statements and dot-commands of one user, one at a time. */
export class QuerySession {
  readonly #context: Context;
  readonly #isInteractive: boolean;
  #settings: QuerySettings;
  #tables: Tables | undefined;

  constructor(context: Context, settings: QuerySettings, { isInteractive = false } = {}) {
    this.#context = context;
    this.#isInteractive = isInteractive;
    this.#settings = settings;
  }

  /** Tables with their columns; asked for once. */
  async tables(): Promise<Tables> {
    this.#tables ??= (await this.#context.call("table.list", {})).items;
    return this.#tables;
  }

  /** Runs a statement and shows its rows; throws what refused it, once its place was pointed at. */
  async query(sql: string): Promise<void> {
    const { output, settings } = this.#context;
    const { limit, timeoutMs, format, isExact } = this.#settings;
    const input = { sql, ...(limit !== undefined && { limit }), ...(timeoutMs !== undefined && { timeoutMs }) };
    const result = await this.#context.call("query.run", input).catch((error: unknown) => {
      output.err(pointAt(error, sql));
      throw error;
    });
    if (settings.isJson) {
      output.out(`${printableJson(result, output.isTerminal ? 2 : 0)}\n`);
      return;
    }
    const { text, isCut } = showRows(result, format, output, isExact);
    output.out(text);
    if (isCut)
      remark(
        this.#context,
        `values were cut to fit; ${this.#isInteractive ? ".mode line" : "--line"} shows them whole`,
      );
    if (result.isTruncated) remark(this.#context, `there are more than ${result.rows.length} rows`);
    if (output.isTerminal && output.isErrorTerminal) {
      output.err(output.errorStyle.dim(`${count(result.rows.length, "row")}, ${result.durationMs.toFixed(1)} ms\n`));
    }
  }

  /** Carries out a dot-command; false when it ends the session. */
  async command(line: string): Promise<boolean> {
    const { out } = this.#context.output;
    const [name = "", argument, ...more] = line.trim().split(/\s+/);
    if (more.length > 0) throw usage(`${name} takes one word`, ".help says what there is");
    if (name === ".quit" || name === ".exit") return false;
    if (name === ".tables") out(tableLines(await this.tables()));
    else if (name === ".schema") out(schemaLines(await this.tables(), argument));
    else if (name === ".mode") this.#settings = { ...this.#settings, format: formatNamed(argument) };
    else if (name === ".limit") this.#settings = { ...this.#settings, limit: wholeNumber(argument ?? "", ".limit", 1) };
    else if (name === ".help") out(help);
    else throw usage(`there is no command ${name}`, `there are ${dotCommands.join(" ")}`);
    return true;
  }
}

function formatNamed(text: string | undefined): RowFormat {
  const format = rowFormats.find((known) => known === text);
  if (format === undefined) throw usage(`.mode takes ${rowFormats.join(", ")}, not "${text ?? ""}"`);
  return format;
}
