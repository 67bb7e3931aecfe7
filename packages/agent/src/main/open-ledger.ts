import { type Logger, type Operation, type Principal, startWriterHere } from "@holdfast/engine";
import type { Feature, Hardening } from "@holdfast/runtime";
import {
  assemble,
  type Assembly,
  type RootKeyPlace,
  spareSizes,
  type SpineSettings,
  sqlitePlace,
  sqliteVerified,
} from "@holdfast/spine";
import { loadTenants } from "@holdfast/spine/tenants";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import { ledgerIn } from "./ledger-in.ts";
import { agentLimits } from "./limits.ts";

/** What the agent's ledger is opened with. */
export interface LedgerParts {
  readonly folder: AgentFolder;
  readonly settings: SpineSettings;
  readonly rootKey: RootKeyPlace;
  readonly hardening: Hardening;
  readonly log: Logger;
  readonly ending: Ending;
  /** Opens what stands beside the ledger; this folder is this process's own by then. */
  readonly operations: (spine: Pick<Assembly, "keyring" | "ledger" | "metrics">) => Promise<readonly Operation[]>;
  readonly features: () => readonly Feature[];
  readonly onCommitted: (writes: readonly string[]) => void;
}

/** An agent's ledger, with everything that can run an operation, and whom entries name for what it does unasked. */
export interface AgentLedger {
  readonly assembly: Assembly;
  readonly principal: Principal;
}

/** Opens the ledger in an agent's folder, and begins one where there is none. */
export async function openLedger(parts: LedgerParts): Promise<AgentLedger> {
  const { folder, settings, rootKey, hardening, log, ending } = parts;
  const limited = agentLimits();
  const place = ledgerIn(folder);
  const assembly = await assemble({
    settings,
    folder,
    rootKey,
    hardening,
    log,
    limits: () => limited.limits,
    // An agent commits now and then, and has little memory.
    dependencies: { startWriter: startWriterHere },
    sizes: spareSizes,
    storage: {
      reach: () => Promise.resolve(sqlitePlace(place)),
      verified: sqliteVerified(folder.database, place.tables),
      hasReserve: true,
    },
    program: {
      name: "agent",
      furnish: () => ({ changes: [], writes: [] }),
      // An agent keeps nothing at paths.
      resourceAt: () => Promise.resolve(undefined),
      operations: parts.operations,
      features: parts.features,
      onCommitted: parts.onCommitted,
    },
  });
  ending.at("ledger", () => assembly.close());
  limited.exempt(assembly.actors.server);
  const tenant = await tenantOf(assembly);
  return {
    assembly,
    principal: { actor: assembly.actors.server, tenant, kind: "internal", credential: "internal" },
  };
}

/** An agent has one tenant, from entry 0. */
async function tenantOf({ reads }: Assembly): Promise<string> {
  for (const tenant of (await loadTenants(reads())).byId.values()) if (tenant.state === "active") return tenant.id;
  throw new Error("the ledger's first entry holds a tenant");
}
