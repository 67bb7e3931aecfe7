import { expect, test } from "vitest";
import { definition, object, operationOf } from "../gate/gate.fixture.ts";
import { nextLink } from "./link.ts";

const operation = operationOf(() => ({ output: 1 }));
const backwards = operationOf(() => ({ output: 1 }), { input: { query: object({ before: {} }) } });

test.each([undefined, null, 1, "next", {}, { next: undefined }, { next: null }, []])(
  "%j has no page that follows",
  (output) => {
    expect(nextLink(output, { operation, query: {} })).toBeUndefined();
  },
);

test("the link repeats the query with the cursor in place of the one before", () => {
  expect(nextLink({ next: "b/c" }, { operation, query: { limit: 2, deep: true, after: "a" } })).toBe(
    '<?limit=2&deep=true&after=b%2Fc>; rel="next"',
  );
});

test("a list that runs backwards goes on before the cursor", () => {
  expect(nextLink({ next: 7 }, { operation: backwards, query: {} })).toBe('<?before=7>; rel="next"');
});

test("a cursor cannot break out of the header", () => {
  const link = nextLink({ next: '>; rel="x"\r\nSet-Cookie: a' }, { operation, query: {} });
  expect(link).toMatch(/^<\?after=[A-Za-z0-9%+=*._-]*>; rel="next"$/);
});

test("an operation without a query, or with one that declares nothing, goes on after it", () => {
  for (const input of [{}, { query: {} }]) {
    const plain = operationOf(() => ({ output: 1 }), { ...definition, input });
    expect(nextLink({ next: 1 }, { operation: plain, query: {} })).toBe('<?after=1>; rel="next"');
  }
});
