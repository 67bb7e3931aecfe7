import Type from "typebox";
import * as field from "./fields.ts";

const { optional, named, list } = field;

export const entryView = named("EntryView", {
  seq: field.seq(),
  time: field.time("When it was recorded."),
  tenant: field.text(64, "Random id of the tenant."),
  actor: field.text(64, "Random id of the actor."),
  action: field.text(64, "Name of the operation."),
  resource: field.text(256, "kind:node-id@version"),
  outcome: field.choice(["ok", "denied", "failed", "conflict"]),
  reason: field.text(64, "Code of the refusal, or empty."),
  path: optional(field.text(512, "Path, while the payload is kept.")),
  address: optional(field.text(64, "Where the call came from, while the payload is kept.")),
  accessor: optional(field.text(64, "Credential used, while the payload is kept.")),
  requestId: optional(field.text(128)),
});
const signedHead = named("SignedHead", {
  origin: field.text(128, "Name of the log."),
  size: field.count("Entries."),
  chain: field.hash("BLAKE3 of the last entry."),
  root: field.hash("RFC 6962 root over all entries."),
  epoch: field.count("Raised by each restore."),
  signature: field.text(88, "Ed25519, base64."),
});
export const proof = named("EntryProof", {
  seq: field.seq(),
  proof: field.text(65_536, "C2SP tlog-proof."),
  entry: field.text(65_535, "The entry’s exact bytes."),
});
export const head = named("Head", {
  head: signedHead,
  checkpoint: field.text(4096, "C2SP tlog-checkpoint, the newest published."),
  consistency: optional(
    list(field.hash("Node."), 128, { description: "RFC 6962 proof from size `from` to the head." }),
  ),
});
export const logKey = named("LogKey", {
  origin: field.text(128, "Name of the log."),
  verifierKey: field.text(256, "C2SP signed-note verifier key."),
});
export const verification = named("Verification", {
  ok: Type.Boolean(),
  size: field.count("Entries checked."),
  root: field.hash("Root over them."),
  firstBad: optional(named("BadEntry", { seq: field.seq(), reason: field.text(256) })),
  state: optional(
    named("StateVerification", {
      ok: Type.Boolean(),
      rows: field.count("Rows checked."),
      unexplained: list(
        named("UnexplainedRow", { table: field.text(64), key: field.text(1024), reason: field.text(256) }),
        1000,
      ),
    }),
  ),
  durationMs: Type.Number({ minimum: 0 }),
});
export const status = named("Status", {
  version: field.text(64, "Version of the server."),
  uptimeSeconds: Type.Number({ minimum: 0 }),
  tenant: field.text(64, "Tenant of this call."),
  actor: field.text(64, "Who you are here."),
  node: optional(field.text(64, "Which of several nodes answers.")),
  ledger: named("LedgerStatus", {
    origin: field.text(128),
    size: field.count("Entries."),
    epoch: field.count(),
    checkpointSize: field.count("Entries under the newest checkpoint."),
    checkpointAgeSeconds: optional(Type.Number({ minimum: 0 })),
    verifiedSize: optional(field.count("Entries verified since start.")),
  }),
  storage: named("StorageStatus", {
    kind: field.text(32),
    sizeBytes: optional(field.count()),
    freeBytes: optional(field.count()),
    server: optional(field.text(128, "Version of the database server.")),
    role: optional(field.text(64, "Whom the node is to the database.")),
    tls: optional(field.text(32, "How the database is verified: verify-full, verify-ca or none.")),
    dutyHolder: optional(field.text(64, "Node that does what one of all nodes has to do.")),
    behind: optional(field.count("Entries of other nodes that this node has not heard of yet.")),
  }),
  seal: named("SealStatus", { kind: field.text(32), sealed: Type.Boolean(), detail: optional(field.text(256)) }),
  features: list(
    named("Feature", {
      name: field.text(64),
      state: field.choice(["available", "unavailable", "degraded"]),
      detail: field.text(512),
    }),
    256,
  ),
});
