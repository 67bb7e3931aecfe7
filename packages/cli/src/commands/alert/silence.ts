import type { Operations } from "@holdfast/contract/types";
import type { Command, Context, Given } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";
import { argument, compact, textOption } from "../../given.ts";
import { print, remark } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";
import { type Titles, titlesOf } from "../rule/titles.ts";
import { alertNamed } from "./alert-named.ts";
import { secondsOf } from "../token/seconds.ts";

type Input = Operations["silence.create"]["input"];
type Silence = Operations["silence.create"]["output"];

/** Keeps people from hearing of alerts for a while. */
export const alertSilence: Command = {
  words: ["alerts", "silence"],
  program: "agent",
  summary: "Keep people from hearing of alerts like one, or of a rule, for a while",
  details:
    "Alerts are still raised, recorded and listed. With the id of an alert, those of its rule with its key are silenced; " +
    "with --rule or --key or both, those that match.",
  arguments: [{ name: "alert", isOptional: true, summary: "id of an alert like those that are meant (al_…)" }],
  options: [
    { name: "rule", value: "id", summary: "alerts of this rule" },
    { name: "key", value: "text", summary: "alerts with this key, as `alerts show` says it" },
    { name: "for", value: "time", summary: "how long: 30m, 12h, 7d; 30d at most" },
    { name: "note", value: "text", summary: "why" },
  ],
  examples: [
    { command: 'holdfast alerts silence al_… --for 12h --note "a build tonight"', says: "alerts like this one" },
    { command: 'holdfast alerts silence --rule exec-from-tmp --for 30m --note "an upgrade"', says: "a whole rule" },
  ],
  async run(context, given) {
    const input = await inputOf(context, given);
    const answer = await context.call("silence.create", input);
    if (given.arguments.length === 0 && input.rule !== undefined) await remarkUnknown(context, input.rule);
    const named = await titlesOf(context, rulesOf([answer]));
    print(context, answer, (made) => table([cellsOf(made, named)]));
    return undefined;
  },
};

async function inputOf(context: Context, given: Given): Promise<Input> {
  const [time, note] = [textOption(given, "for"), textOption(given, "note")];
  if (time === undefined) throw usage("--for is missing", "a silence ends: say --for 12h");
  if (note === undefined || note === "") throw usage("--note is missing", "say why, for those who wonder later");
  const subject = await subjectOf(context, given);
  return compact({ ...subject, ttlSeconds: secondsOf(time), note });
}

async function subjectOf(context: Context, given: Given) {
  const alert = given.arguments[0];
  const [rule, dedupKey] = [textOption(given, "rule"), textOption(given, "key")];
  if (alert === undefined) {
    if (rule === undefined && dedupKey === undefined) {
      throw usage("nothing says what to silence", "give the id of an alert, --rule or --key");
    }
    return { rule, dedupKey };
  }
  if (rule !== undefined || dedupKey !== undefined) throw usage("an alert, and --rule or --key, name two things");
  const found = await context.call("alert.read", { alert: await alertNamed(context, alert) });
  return { rule: found.rule, dedupKey: found.dedupKey };
}

/** What the agent tells of itself is no rule's, and a rule may come later: a mistyped id is no mistake to everybody. */
async function remarkUnknown(context: Context, rule: string): Promise<void> {
  try {
    await context.call("rule.read", { rule });
  } catch (error) {
    const isNone = error instanceof Failure && error.exitCode === exitCodes.notFound;
    if (isNone) remark(context, `no rule ${rule} runs here now; \`holdfast rules\` lists those that do`);
  }
}

/** Lists silences. */
export const silenceList: Command = {
  words: ["alerts", "silences"],
  program: "agent",
  summary: "List silences that hold",
  examples: [{ command: "holdfast alerts silences", says: "what nobody hears of, until when, and why" }],
  async run(context) {
    const items = await allSilences(context);
    const named = await titlesOf(context, rulesOf(items));
    const lines = () => table(items.map((silence) => cellsOf(silence, named)));
    print(context, { items }, () => (items.length === 0 ? "no silences\n" : lines()));
    return undefined;
  },
};

/** Ends a silence. */
export const silenceDelete: Command = {
  words: ["alerts", "unsilence"],
  program: "agent",
  summary: "End a silence before its time",
  arguments: [{ name: "silence", summary: "id of the silence (si_…), or its beginning" }],
  examples: [{ command: "holdfast alerts unsilence si_…", says: "people are told again from now on" }],
  async run(context, given) {
    const answer = await context.call("silence.delete", { silence: await silenceNamed(context, argument(given, 0)) });
    print(context, answer, ({ silence }) => `${silence}  ended\n`);
    return undefined;
  },
};

const allSilences = (context: Context): Promise<Silence[]> =>
  pages((after) => context.call("silence.list", compact({ after })));

/** The id that was typed, or the one silence whose id begins so: there are few. */
async function silenceNamed(context: Context, text: string): Promise<string> {
  if (/^si_[a-z2-7]{26}$/.test(text)) return text;
  const prefix = /^(?:si_)?([a-z2-7]{4,26})$/.exec(text)?.[1];
  const hint = "an id is si_ and 26 letters and digits; 4 or more suffice. `holdfast alerts silences` lists them";
  if (prefix === undefined) throw usage(`"${text}" is no id of a silence`, hint);
  const [first, ...others] = (await allSilences(context)).filter(({ id }) => id.startsWith(`si_${prefix}`));
  if (first === undefined) throw new Failure(exitCodes.notFound, `no silence's id begins with si_${prefix}`, hint);
  if (others.length > 0) throw usage(`si_${prefix} is the beginning of several ids`, "type more of it");
  return first.id;
}

const rulesOf = (silences: readonly Silence[]): readonly string[] => silences.flatMap(({ rule }) => rule ?? []);

function cellsOf({ id, rule, dedupKey, expiresAt, note }: Silence, named: Titles) {
  const key = dedupKey === undefined ? "any key" : `key ${dedupKey}`;
  return [id, rule === undefined ? "any rule" : `rule ${named(rule)}`, key, `until ${expiresAt}`, note];
}
