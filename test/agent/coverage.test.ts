import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badRequests } from "../bad-input.ts";
import { agentCatalogue, catalogue, type Fields, type Operation, requestOf } from "../catalogue.ts";
import { type Entry, entriesFrom, nextSeq } from "../ledger.ts";
import { recorded } from "../recorded.ts";
import type { Answer, Ask, Wire } from "../wire.ts";
import type { Bearer } from "../world.ts";
import { preparations } from "./preparations.ts";
import { type AgentWorld, startAgentWorld } from "./world.ts";

const noToken = `hft_${"A".repeat(43)}`;

const BAD_INPUT = new Set(["invalid_input", "path_not_canonical", "malformed_json", "unsupported_media_type"]);

let world: AgentWorld;
/** Holds everything everywhere, everything in its own tenant, and nothing. */
let global: Bearer;
let tenantAdmin: Bearer;
let powerless: Bearer;
let nobody: Pick<Entry, "tenant" | "actor">;
let main: string;
beforeAll(async () => {
  world = await startAgentWorld();
  global = await world.bearer({ roles: ["global-admin"] });
  tenantAdmin = await world.bearer({ roles: ["tenant-admin"] });
  powerless = await world.bearer({ roles: [] });
  const start = await nextSeq(world.administrator);
  await world.administrator.bearing(noToken).get("/api/status");
  await powerless.wire.get("/api/status");
  const asked = (await entriesFrom(world.administrator, start)).filter(({ action }) => action === "status");
  const [unbelieved, believed] = asked;
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

describe.each(Object.values(agentCatalogue.operations))("an agent's $name", (operation) => {
  it("has an example, which is done and recorded once", async () => {
    const { input, bearer = global } = (await preparations[operation.name]?.(world)) ?? {};
    const request = requestOf(operation, { ...inputOf(operation), ...input });
    const expected = () => ({ tenant: main, actor: bearer.actor, outcome: "ok", reason: "" }) as const;
    await recorded(world.administrator, operation, [
      { title: "well", call: sending(bearer.wire, operation, request), expected },
    ]);
  });

  it("is refused to whoever shows an invalid credential, which never falls back to who is at the socket", async () => {
    const request = requestOf(operation, inputOf(operation));
    const { administrator } = world;
    const wires = {
      unknown: administrator.bearing(noToken),
      malformed: administrator.bearing("hft_short"),
      "another scheme": administrator.with({ authorization: "Basic cm9vdDpyb290" }),
      empty: administrator.with({ authorization: "" }),
    };
    const calls = Object.entries(wires).map(([title, wire]) => ({
      title,
      call: sending(wire, operation, request),
      expected: denied(nobody, "unauthenticated"),
    }));
    for (const { status } of await recorded(administrator, operation, calls)) expect(status).toBe(401);
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
    const calls = ["nowhere", "system", "Elsewhere"].map((tenant) => ({
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

describe("an agent", () => {
  it("has no operation of a server's, and describes those that it has", async () => {
    const ofServer = Object.values(catalogue.operations).filter(({ name }) => !(name in agentCatalogue.operations));
    for (const operation of ofServer) {
      const { target, body } = requestOf(operation, inputOf(operation));
      expect((await world.administrator.call(operation.method, target, { body })).status).toBe(404);
    }
    const document = (await world.administrator.get("/openapi.json")).json as { readonly paths: object };
    const paths = Object.values(agentCatalogue.operations).map(({ path }) => path);
    expect(new Set(Object.keys(document.paths))).toEqual(new Set(paths));
  });

  it("refuses a hostile query with its place, and keeps what was asked under seal", async () => {
    const sql = "SELECT pid FROM processes; DROP TABLE processes";
    const answer = await global.wire.post("/api/queries:run", { sql });
    expect(answer.status).toBe(400);
    const problem = answer.json as { readonly code: string; readonly errors: readonly object[] };
    expect(problem).toMatchObject({ code: "query_refused", errors: [{ position: { line: 1, column: 28 } }] });
    const [entry] = await entriesFrom(world.administrator, answer.seq);
    expect(entry).toMatchObject({ action: "query.run", outcome: "failed", reason: "query_refused", resource: "query" });
  });
});
