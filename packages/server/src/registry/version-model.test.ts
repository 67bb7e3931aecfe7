import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRegistry, outcomeOf, type RegistryBench } from "./registry.fixture.ts";

/** A key as a user knows it, without storage, keys or time. */
class Model {
  readonly versions: { value: number; state: "live" | "deleted" | "destroyed" }[] = [];

  get latest() {
    return this.versions.at(-1);
  }

  get current(): number {
    return this.latest?.state === "live" ? this.versions.length : 0;
  }

  put(value: number, cas: number | undefined): unknown {
    if (cas !== undefined && cas !== this.current) return "version_mismatch";
    this.versions.push({ value, state: "live" });
    return { version: this.versions.length, state: "live" };
  }

  create(value: number): unknown {
    return this.current === 0 ? this.put(value, undefined) : "already_exists";
  }

  read(number = this.versions.length): unknown {
    if (this.latest === undefined) return "not_found";
    const found = this.versions[number - 1];
    if (found === undefined) return "not_found";
    return found.state === "live" ? { version: number, value: found.value } : found.state;
  }

  delete(): unknown {
    const { latest } = this;
    if (latest === undefined) return "not_found";
    if (latest.state !== "live") return latest.state;
    latest.state = "deleted";
    return { version: this.versions.length, state: "deleted" };
  }

  undelete(number: number | undefined): unknown {
    if (this.latest === undefined) return "not_found";
    const newest = this.versions.findLastIndex((version) => version.state === "deleted") + 1;
    const wanted = number ?? (newest === 0 ? this.versions.length : newest);
    const found = this.versions[wanted - 1];
    if (found === undefined) return "not_found";
    if (found.state === "destroyed") return "destroyed";
    found.state = "live";
    return { version: wanted, state: "live" };
  }

  destroy(numbers: readonly number[] | undefined): unknown {
    if (this.latest === undefined) return "not_found";
    const all = this.versions.map((_, index) => index + 1).toReversed();
    const ending = numbers ?? all.filter((number) => this.versions[number - 1]!.state !== "destroyed");
    if (ending.some((number) => this.versions[number - 1] === undefined)) return "not_found";
    for (const number of ending) this.versions[number - 1]!.state = "destroyed";
    return { destroyed: ending };
  }

  history(): unknown {
    if (this.latest === undefined) return "not_found";
    return { items: this.versions.map(({ state }, index) => ({ version: index + 1, state })).toReversed() };
  }

  list(): unknown {
    return { items: this.current === 0 ? [] : [{ version: this.current }] };
  }
}

interface Step {
  readonly name: string;
  readonly expected: (model: Model) => unknown;
  readonly params?: Readonly<Record<string, number>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

const number = fc.integer({ min: 1, max: 5 });
const maybe = fc.option(number, { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ value: fc.nat(), cas: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }) })
    .map(({ value, cas }) => ({
      name: "put",
      body: { value, cas },
      expected: (model: Model) => model.put(value, cas),
    })),
  fc.nat().map((value) => ({ name: "create", body: { value }, expected: (model: Model) => model.create(value) })),
  fc.constant({ name: "read", expected: (model: Model) => model.read() }),
  number.map((version) => ({
    name: "read-version",
    params: { version },
    expected: (model: Model) => model.read(version),
  })),
  fc.constant({ name: "delete", expected: (model: Model) => model.delete() }),
  maybe.map((version) => ({
    name: "undelete",
    body: { version },
    expected: (model: Model) => model.undelete(version),
  })),
  fc.option(fc.uniqueArray(number, { minLength: 1, maxLength: 3 }), { nil: undefined }).map((versions) => ({
    name: "destroy",
    body: versions === undefined ? { all: true } : { versions },
    expected: (model: Model) => model.destroy(versions),
  })),
  fc.constant({ name: "history", expected: (model: Model) => model.history() }),
);

describe("a key and its versions", () => {
  let bench: RegistryBench;
  let keys = 0;
  beforeAll(async () => {
    bench = await openRegistry();
  });
  afterAll(() => bench.close());

  async function perform({ name, params, body }: Step, key: string): Promise<unknown> {
    if (name === "create") return outcomeOf(await bench.call("secret.create", { body: { key, ...body } }));
    return outcomeOf(await bench.call(`secret.${name}`, { params: { key, ...params }, ...(body && { body }) }));
  }

  it("behave as the model does, step by step, whether cached or not", async () => {
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.boolean(),
      async (steps, isCold) => {
        const key = `user/model-${keys++}/key`;
        const model = new Model();
        for (const next of steps) {
          if (isCold) bench.forget();
          const answer = await perform(next, key);
          expect({ answer }).toMatchObject({ answer: next.expected(model) });
          const listed = await bench.call("secret.list", { query: { prefix: key.slice(0, -4) } });
          expect(outcomeOf(listed)).toMatchObject(model.list() as object);
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});
