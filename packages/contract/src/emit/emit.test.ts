import { Validator } from "@seriousme/openapi-schema-validator";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import contract from "../../package.json" with { type: "json" };
import { definitions } from "../definitions/index.ts";
import { emit } from "./emit.ts";
import { placeInGroups } from "./groups.ts";
import { ofAgent, ofServer } from "./programs.ts";

const emitted = emit(contract.version);

describe("what is checked in under emitted/", () => {
  test.each([...emitted])('%s is what "npm run emit" writes', (file, content) => {
    expect(readFileSync(new URL(`../../emitted/${file}`, import.meta.url), "utf8")).toBe(content);
  });

  test("no file imports anything, so that a client depends on nothing by it", () => {
    expect([...emitted.values()].join("\n")).not.toMatch(/^import /m);
  });

  test("the capabilities' method names are unique", () => {
    const methods = definitions.map(({ name }) => Object.values(placeInGroups(name)).join("."));
    expect(new Set(methods).size).toBe(definitions.length);
  });
});

interface Document {
  readonly paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

describe.each([
  ["openapi.json", definitions.filter(ofServer)],
  ["openapi-agent.json", definitions.filter(ofAgent)],
])("%s", (file, described) => {
  const text = emitted.get(file) ?? "";
  const document = JSON.parse(text) as Document;
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

  test("holds every operation of its program under an id of its own", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(described.length);
  });

  test("is accepted by a validator that is not ours", async () => {
    expect(await new Validator().validate(document as unknown as Record<string, unknown>)).toMatchObject({
      valid: true,
    });
  });

  test("every reference leads somewhere", () => {
    for (const [, pointer = ""] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
      const target = pointer
        .split("/")
        .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], document);
      expect(target).toBeTypeOf("object");
    }
  });

  test("every operation answers a refused credential and bad input with a problem", () => {
    for (const { responses } of operations)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["400", "401"]));
  });
});
