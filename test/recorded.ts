import { Ajv } from "ajv";
import { expect } from "vitest";
import { allOperations, catalogue, type Operation, openApi, type Schema } from "./catalogue.ts";
import { type Entry, entriesFrom, nextSeq } from "./ledger.ts";
import type { Answer, Wire } from "./wire.ts";

const ajv = new Ajv({ strict: false, validateFormats: false });
const problemSchema = openApi.components.schemas["Problem"]!;

/** What an entry has to say of a call. */
export interface Expected {
  readonly tenant: string;
  readonly actor: string;
  readonly outcome: Entry["outcome"];
  readonly reason: string;
}

/** A call, and what has to stand in the ledger after it. */
export interface Made {
  readonly title: string;
  readonly call: () => Promise<Answer>;
  readonly expected: (answer: Answer) => Expected;
}

/** Makes the calls one after another and holds the ledger to one entry for each of them, in their order. */
export async function recorded(
  administrator: Wire,
  operation: Operation,
  calls: readonly Made[],
): Promise<readonly Answer[]> {
  const start = await nextSeq(administrator);
  const answers: Answer[] = [];
  for (const { call } of calls) answers.push(await call());
  // What a program does unasked stands in the ledger as well, under names of its own.
  const entries = (await entriesFrom(administrator, start)).filter(({ action }) => action in allOperations);
  const expected = calls.map(({ title, expected }, index) => {
    const answer = answers[index]!;
    return { title, seq: answer.seq, action: operation.name, ...expected(answer) };
  });
  const found = entries.map((entry, index) => ({ title: calls[index]?.title, ...pick(entry) }));
  expect(found).toEqual(expected);
  for (const entry of entries) expect(entry.resource.split(":", 1)).toEqual([operation.entryResource]);
  for (const answer of answers) insistDescribed(operation, answer);
  return answers;
}

const pick = ({ seq, action, tenant, actor, outcome, reason }: Entry) => ({
  seq,
  action,
  tenant,
  actor,
  outcome,
  reason,
});

/** Every answer is one that the catalogue describes. */
function insistDescribed(operation: Operation, answer: Answer): void {
  if (answer.status < 400) insistOutput(operation, answer);
  else insistProblem(operation, answer);
}

function insistOutput({ success, output }: Operation, { status, headers, bytes, text }: Answer): void {
  const { schema, mediaType, maxBytes } = output;
  expect(success).toContain(status);
  expect(headers["content-type"]).toBe(mediaType);
  expect(bytes.length).toBeLessThanOrEqual(maxBytes ?? Infinity);
  expect(schema === null ? [] : faultsOf(schema, JSON.parse(text))).toEqual([]);
}

function insistProblem({ errors }: Operation, { status, headers, json }: Answer): void {
  expect(faultsOf(problemSchema, json)).toEqual([]);
  const { code = "", requestId } = json as Record<string, string>;
  expect(errors).toContain(code);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(headers["holdfast-request-id"]).toBe(requestId);
  const meaning = catalogue.problems[code]!;
  expect([meaning.status, meaning.preconditionStatus]).toContain(status);
}

const faultsOf = (schema: Schema, value: unknown) => (ajv.validate(schema, value) ? [] : ajv.errors);
