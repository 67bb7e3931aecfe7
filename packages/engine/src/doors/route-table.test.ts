import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { implement } from "../operation.ts";
import { definitions, echo } from "./door.fixture.ts";
import { RouteTable } from "./route-table.ts";

const table = new RouteTable(definitions.map((definition) => implement(definition, echo)));
const nameOf = (method: string, target: string) => {
  const match = table.match(method, target);
  return match.kind === "operation" ? match.operation.definition.name : match.kind;
};

/** Values of parameters as they stand in a target, spanning ones with and without slashes. */
const segment = fc.stringMatching(/^[a-z0-9%._~-]{1,12}$/).filter((text) => text !== "versions");
const span = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));

describe("the routes of the catalogue", () => {
  test.each(definitions.map((definition) => [definition.name, definition] as const))(
    "lead from every target of %s to it, with its parameters as they were written",
    (_name, { name, method, path, aliases, spans }) => {
      for (const template of [path, ...aliases]) {
        const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter);
        const values = fc.record(
          Object.fromEntries(
            names.map((each) => [each, spans.includes(each) ? span : segment.filter((text) => text !== "self")]),
          ),
        );
        fc.assert(
          fc.property(values, (raw) => {
            const target = template.replace(/\{(\w+)\}/g, (_, each: string) => raw[each] ?? "");
            expect(table.match(method, target)).toMatchObject({
              kind: "operation",
              operation: { definition: { name } },
              raw,
            });
          }),
          { numRuns: 20 },
        );
      }
    },
  );

  test("are not ambiguous: no two operations share a method and a template", () => {
    const routes = definitions.flatMap(({ method, path, aliases }) =>
      [path, ...aliases].map((template) => `${method} ${template.replace(/\{\w+\}/g, "{}")}`),
    );
    expect(new Set(routes).size).toBe(routes.length);
  });

  test("never lead from one target to different operations by its look: what matches begins and ends as its template", () => {
    fc.assert(
      fc.property(fc.constantFrom("GET", "POST", "PUT", "DELETE"), fc.webPath(), (method, path) => {
        for (const target of [path, `/api/secrets${path}`, `/api${path}`]) {
          const match = table.match(method, target);
          if (match.kind !== "operation") continue;
          const { path: own, aliases } = match.operation.definition;
          const fits = [own, ...aliases].some((template) => {
            const [prefix = "", suffix = ""] = template.split(/\{\w+\}/);
            return target.startsWith(prefix) && target.includes(suffix.split("/")[1] ?? suffix);
          });
          expect(fits).toBe(true);
        }
      }),
    );
  });
});

describe("a target", () => {
  test.each([
    ["GET", "/api/tokens/self", "token.self"],
    ["POST", "/api/tokens/self:revoke", "token.revoke-self"],
    ["POST", "/api/tokens:revoke", "token.revoke"],
    ["GET", "/api/audit/entries", "audit.log"],
    ["GET", "/api/audit/entries/7:proof", "audit.prove"],
    ["GET", "/secrets", "secret.list"],
    ["GET", "/secrets/a", "secret.read"],
    ["GET", "/api/secrets/a/versions/3", "secret.read-version"],
    ["GET", "/api/secrets/a:history", "secret.history"],
    ["GET", "/configs/a", "none"],
    ["GET", "/api/secrets/a:frobnicate", "none"],
    ["GET", "/api/roles/a/b", "none"],
    ["GET", "/api/roles/", "none"],
    ["GET", "", "none"],
    ["GET", "/api/tokens:revoke", "method"],
    ["PUT", "/api/secrets/a:history", "method"],
    ["GET", "/api/tokens/other", "none"],
  ])("%s %s leads to %s", (method, target, name) => {
    expect(nameOf(method, target)).toBe(name);
  });

  test("of another method is told which there are", () => {
    expect(table.match("PATCH", "/api/secrets")).toEqual({ kind: "method", allowed: ["POST", "GET"] });
    expect(table.match("PATCH", "/api/secrets/a")).toEqual({ kind: "method", allowed: ["PUT", "GET", "DELETE"] });
  });
});

test("no operation of the catalogue that reaches all tenants is open to any actor", () => {
  const open = definitions.filter(({ scope, permission }) => scope === "global" && permission === null);
  expect(open).toEqual([]);
});
