import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badRequests } from "./bad-input.ts";
import { catalogue, type Fields, type Operation, requestOf } from "./catalogue.ts";
import { type Entry, entriesFrom, nextSeq } from "./ledger.ts";
import { preparations } from "./preparations.ts";
import { measured } from "./program/program.ts";
import { recorded } from "./recorded.ts";
import type { Answer, Ask, Wire } from "./wire.ts";
import { type Bearer, startWorld, type World } from "./world.ts";

const noToken = `hft_${"A".repeat(43)}`;

const BAD_INPUT = new Set(["invalid_input", "path_not_canonical", "malformed_json", "unsupported_media_type"]);

let world: World;
/** Holds everything everywhere, everything in its own tenant, and nothing. */
let global: Bearer;
let tenantAdmin: Bearer;
let powerless: Bearer;
let nobody: Pick<Entry, "tenant" | "actor">;
let main: string;
beforeAll(async () => {
  world = await startWorld({}, measured);
  global = await world.bearer({ roles: ["global-admin"] });
  tenantAdmin = await world.bearer({ roles: ["tenant-admin"] });
  powerless = await world.bearer({ roles: [] });
  (await world.administrator.post("/api/tenants", { name: "elsewhere" })).output();
  const start = await nextSeq(world.administrator);
  await world.stranger.get("/api/status");
  await powerless.wire.get("/api/status");
  const [unbelieved, believed] = await entriesFrom(world.administrator, start);
  nobody = { tenant: unbelieved!.tenant, actor: unbelieved!.actor };
  main = believed!.tenant;
});
afterAll(() => world.stop());

const sending =
  (wire: Wire, { method }: Operation, request: Ask & { readonly target: string }) =>
  () =>
    wire.call(method, request.target, request);

const denied = (who: Pick<Entry, "tenant" | "actor">, reason: string) => () =>
  ({ ...who, outcome: "denied", reason }) as const;

const refused = (actor: string) => (answer: Answer) =>
  ({ tenant: main, actor, outcome: "failed", reason: BAD_INPUT.has(answer.code ?? "") ? answer.code! : "" }) as const;

const inputOf = (operation: Operation): Fields => operation.examples[0]?.input ?? {};

describe.each(Object.values(catalogue.operations))("$name", (operation) => {
  it("has an example, which is done and recorded once", async () => {
    expect(operation.examples).not.toHaveLength(0);
    const { input, bearer = global } = (await preparations[operation.name]?.(world)) ?? {};
    const request = requestOf(operation, { ...inputOf(operation), ...input });
    const expected = () => ({ tenant: main, actor: bearer.actor, outcome: "ok", reason: "" }) as const;
    await recorded(world.administrator, operation, [
      { title: "well", call: sending(bearer.wire, operation, request), expected },
    ]);
  });

  it("is refused to whoever shows no credential or an invalid one, at either door", async () => {
    const request = requestOf(operation, inputOf(operation));
    const { stranger, administrator } = world;
    const wires = {
      none: stranger,
      unknown: stranger.bearing(noToken),
      malformed: stranger.bearing("hft_short"),
      "another scheme": stranger.with({ authorization: "Basic cm9vdDpyb290" }),
      "unknown, at the socket": administrator.bearing(noToken),
      "empty, at the socket": administrator.with({ authorization: "" }),
    };
    const calls = Object.entries(wires).map(([title, wire]) => ({
      title,
      call: sending(wire, operation, request),
      expected: denied(nobody, "unauthenticated"),
    }));
    const answers = await recorded(world.administrator, operation, calls);
    for (const answer of answers) expect(answer.status).toBe(401);
  });

  if (operation.permission === null) {
    it("shows nothing of others to whoever holds no permission", async () => {
      const request = requestOf(operation, inputOf(operation));
      const { wire, actor } = await world.bearer({ roles: [] });
      const expected = () => ({ tenant: main, actor, outcome: "ok", reason: "" }) as const;
      const [answer] = await recorded(world.administrator, operation, [
        { title: "powerless", call: sending(wire, operation, request), expected },
      ]);
      const { items = [] } = answer!.json as { readonly items?: readonly unknown[] };
      expect(items).toEqual([]);
    });
  } else {
    it("is refused to whoever lacks the permission", async () => {
      const request = requestOf(operation, inputOf(operation));
      // A tenant's administrator holds all there is in the tenant, and nothing beyond it.
      const lacking = operation.scope === "global" ? [powerless, tenantAdmin] : [powerless];
      const calls = lacking.map(({ wire, actor }) => ({
        title: actor,
        call: sending(wire, operation, request),
        expected: denied({ tenant: main, actor }, "forbidden"),
      }));
      for (const { status } of await recorded(world.administrator, operation, calls)) expect(status).toBe(403);
    });
  }

  it("is refused in another tenant, alike whether there is such a tenant or not (ATTACKS 11)", async () => {
    const request = requestOf(operation, inputOf(operation));
    const calls = ["elsewhere", "nowhere", "system", "Elsewhere"].map((tenant) => ({
      title: tenant,
      call: sending(tenantAdmin.wire.with({ "holdfast-tenant": tenant }), operation, request),
      expected: denied({ tenant: main, actor: tenantAdmin.actor }, "forbidden"),
    }));
    const answers = await recorded(world.administrator, operation, calls);
    const bodies = answers.map(({ json }) => ({ ...(json as object), requestId: "" }));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it("refuses input that its schemas do not admit", async () => {
    const calls = badRequests(operation, inputOf(operation)).map(({ title, request }) => ({
      title,
      call: sending(global.wire, operation, request),
      expected: refused(global.actor),
    }));
    await recorded(world.administrator, operation, calls);
  });
});
