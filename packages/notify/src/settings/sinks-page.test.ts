import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { facilities } from "../format/syslog-message.ts";
import { type SinkKind, sinkKinds } from "../sinks/sink.ts";
import { Fields } from "./fields.ts";
import { parseSinks } from "./parse-sinks.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/sinks.md"), "utf8");

interface Option {
  readonly name: string;
  /** What it is when it is left out, where the page says it as a value. */
  readonly default: unknown;
}

/** The options in the tables of the page, by the heading above them. */
function sections(): ReadonlyMap<string, readonly Option[]> {
  const parts = page.split(/^## /m).slice(1);
  return new Map(
    parts.map((part) => {
      const rows = [...part.matchAll(/^\| `(?<name>[^`]+)` \|[^|]*\| (?:`(?<value>[^`]+)`)?/gm)];
      const options = rows.map(({ groups }) => ({ name: groups!["name"]!, default: valueOf(groups!["value"]) }));
      return [part.split("\n", 1)[0]!, options];
    }),
  );
}

function valueOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  return /^[a-z]+$/.test(text) && !["true", "false"].includes(text) ? text : (JSON.parse(text) as unknown);
}

/** Options of a kind: those of every section whose heading names it, and those of every kind. */
const optionsOf = (kind: SinkKind): readonly Option[] =>
  [...sections()]
    .filter(([heading]) => heading === "Every kind" || heading.split(/[\s:,]+/).includes(kind))
    .flatMap(([, options]) => options);

const hours = { zone: "UTC", from: "22:00", to: "07:00" };
const nested = { route: { tags: ["T1059"] }, rate: { perMinute: 1 }, quietHours: [hours], retry: {}, breaker: {} };
const address = { url: "https://alerts.example.org/hook" };
const least: Readonly<Record<SinkKind, object>> = {
  webhook: { ...address, secretFile: "/secret" },
  slack: address,
  teams: address,
  smtp: { host: "mail.example.org", from: "a@example.org", to: ["b@example.org"] },
  syslog: { host: "log.example.org" },
  stdout: {},
};

function parsedOf(kind: SinkKind, more: object) {
  const parsed = parseSinks([{ name: "one", kind, ...least[kind], ...more }]);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ path, message }) => `${path} ${message}`).join("\n"));
  return parsed.sinks[0];
}

/** What the parser asks a sink of this kind for. */
function known(kind: SinkKind): ReadonlySet<string> {
  const asked = new Set<string>();
  const take = Fields.prototype.take;
  vi.spyOn(Fields.prototype, "take").mockImplementation(function (this: Fields, name, reader) {
    const { path } = this.at(name);
    if (path.startsWith("sinks[0].")) asked.add(path.slice("sinks[0].".length).replaceAll(/\[\d+\]/g, "[]"));
    return take.call(this, name, reader) as never;
  });
  parsedOf(kind, nested);
  return asked;
}

/** `{ "a.b": 1 }` as `{ a: { b: 1 } }`. */
function nestedOf(options: readonly Option[]): Record<string, unknown> {
  const made: Record<string, unknown> = structuredClone({ rate: nested.rate, quietHours: nested.quietHours });
  for (const { name, default: value } of options) {
    if (value === undefined) continue;
    const [last = "", ...groups] = name.split(".").toReversed();
    let at = made;
    for (const group of groups.toReversed()) {
      const inner = (at[group.replace("[]", "")] ??= {}) as Record<string, unknown> | Record<string, unknown>[];
      at = Array.isArray(inner) ? inner[0]! : inner;
    }
    at[last] = value;
  }
  return made;
}

afterEach(() => vi.restoreAllMocks());

describe.each(sinkKinds)("docs/sinks.md, of %s", (kind) => {
  it("names every option that is known, and no other", () => {
    const documented = new Set(optionsOf(kind).map(({ name }) => name));
    // A map that stands in the page by what is in it needs no row of its own.
    const asked = [...known(kind)].filter((name) => !["retry", "breaker"].includes(name));
    expect([...documented].toSorted()).toEqual(asked.toSorted());
  });

  it("gives the defaults that hold", () => {
    const withDefaults = nestedOf(optionsOf(kind));
    expect(Object.keys(withDefaults).length).toBeGreaterThan(4);
    expect(parsedOf(kind, withDefaults)).toEqual(parsedOf(kind, { rate: nested.rate, quietHours: nested.quietHours }));
  });
});

it("docs/sinks.md names every facility of syslog", () => {
  const row = /^\| `facility`.*$/m.exec(page)?.[0] ?? "";
  for (const name of Object.keys(facilities).filter((word) => !/local[1-6]/.test(word))) expect(row).toContain(name);
});
