import type { Fields } from "./catalogue.ts";
import type { Bearer, World } from "./world.ts";

/** What an operation's example needs before it can be carried out. */
export interface Prepared {
  /** Replaces what the example names by what was made. */
  readonly input?: Fields;
  /** Who makes the call, when not a global administrator. */
  readonly bearer?: Bearer;
}

type Prepare = (world: World) => Promise<Prepared>;

const value = { value: "correct horse" };
const shopReader = { name: "shop-reader", permissions: ["secret:applications/shop/**:read"] };

/** A fresh key for each operation, so that none depends on another. */
function kept(kind: "secret" | "config"): Record<string, Prepare> {
  const made = (verb: string, versions: number, isDeleted = false): Prepare => {
    const key = `made/for/${kind}/${verb}`;
    return async ({ administrator }) => {
      for (let count = 0; count < versions; count += 1)
        (await administrator.put(`/api/${kind}s/${key}`, value)).output();
      if (isDeleted) (await administrator.delete(`/api/${kind}s/${key}`)).output();
      return { input: { key } };
    };
  };
  return {
    [`${kind}.create`]: made("create", 0),
    [`${kind}.put`]: made("put", 1),
    [`${kind}.read`]: made("read", 1),
    [`${kind}.read-version`]: made("read-version", 1),
    [`${kind}.delete`]: made("delete", 1),
    [`${kind}.undelete`]: made("undelete", 1, true),
    [`${kind}.destroy`]: made("destroy", 2),
    [`${kind}.history`]: made("history", 2),
  };
}

const namespaceOfShop: Prepare = async ({ administrator }) => {
  (await administrator.put("/api/namespaces/applications/shop", { environment: "production" })).output();
  return {};
};

const role: Prepare = async ({ administrator }) => {
  (await administrator.post("/api/roles", shopReader)).output();
  return {};
};

const accessor: Prepare = async ({ bearer }) => {
  const { accessor } = await bearer({ roles: ["viewer"] });
  return { input: { accessor } };
};

/** Only for operations whose example does not stand on its own; all others are called exactly as it says. */
export const preparations: Readonly<Record<string, Prepare>> = {
  ...kept("secret"),
  ...kept("config"),
  "namespace.read": namespaceOfShop,
  "namespace.delete": namespaceOfShop,
  "token.lookup": accessor,
  "token.revoke": accessor,
  "token.revoke-self": async ({ bearer }) => ({ bearer: await bearer({ roles: [] }) }),
  "role.read": role,
  "role.delete": async ({ administrator }) => {
    (await administrator.post("/api/roles", { ...shopReader, name: "unwanted" })).output();
    return { input: { name: "unwanted" } };
  },
  "grant.write": async (world) => {
    await role(world);
    return { input: { actor: (await world.bearer({ roles: [] })).actor } };
  },
  "grant.revoke": async (world) => {
    await role(world);
    return { input: { actor: (await world.bearer({ roles: ["shop-reader"] })).actor } };
  },
  "tenant.delete": async ({ administrator }) => {
    (await administrator.post("/api/tenants", { name: "ending" })).output();
    return { input: { name: "ending" } };
  },
  "audit.prove": () => Promise.resolve({ input: { seq: 1 } }),
  "audit.head": () => Promise.resolve({ input: { from: 1 } }),
  // A proof asks for a checkpoint when none is there yet.
  "audit.checkpoint": async ({ administrator }) => {
    (await administrator.get("/api/audit/entries/0:proof")).output();
    return {};
  },
};
