import fc from "fast-check";
import type { Request } from "./decision.ts";
import type { Grant } from "./grant.ts";
import { actions, type Permission, resources } from "./permission.ts";

/** Few names, so that random rules and random requests often meet. */
const segment = fc.constantFrom("a", "b", "c");
const environment = fc.constantFrom("development", "staging", "production");

export const samplePath = fc.array(segment, { maxLength: 5 }).map((segments) => segments.join("/"));

const samplePattern = fc
  .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constant("*")), { maxLength: 5 }), fc.boolean())
  .filter(([segments]) => segments.filter((text) => text === "*").length <= 3)
  .map(([segments, isDeep]) => (isDeep ? [...segments, "**"] : segments).join("/"));

export const samplePermission: fc.Arbitrary<Permission> = fc.record({
  resource: fc.constantFrom(...resources, "*"),
  pattern: samplePattern,
  action: fc.constantFrom(...actions, "*"),
});

const likelyPermission: fc.Arbitrary<Permission> = fc.record({
  resource: fc.constantFrom("config", "secret", "*"),
  pattern: samplePattern,
  action: fc.constantFrom("read", "write", "admin", "*"),
});

export const sampleGrants: fc.Arbitrary<Grant[]> = fc.array(
  fc.record({
    role: fc.constantFrom("one", "two", "three"),
    permissions: fc.array(likelyPermission, { maxLength: 12 }),
    conditions: fc.oneof(
      fc.constant([]),
      fc.array(fc.record({ kind: fc.constant("environment"), oneOf: fc.uniqueArray(environment, { minLength: 1 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
  }),
  { maxLength: 6 },
);

export const sampleRequest: fc.Arbitrary<Request> = fc.record({
  resource: fc.constantFrom("config", "secret"),
  path: fc.oneof({ weight: 9, arbitrary: samplePath }, fc.constantFrom("a//b", "/a", "a/", "a/..", "./a")),
  action: fc.constantFrom("read", "write", "list", "admin"),
  attributes: fc.oneof(
    fc.constant({}),
    environment.map((name) => ({ environment: name })),
  ),
});
