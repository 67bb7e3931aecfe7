const actor = "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe";
const at = "2026-07-01T09:30:00.000Z";

export const alert = {
  id: "al_b3d5f7h2j4l6n3p5r7t2v4x6z3",
  state: "open",
  severity: "high",
  title: "Program started from a temporary folder",
  rule: "exec-from-tmp",
  host: "web-1",
  dedupKey: "/tmp/x",
  count: 1,
  firstSeenAt: at,
  lastSeenAt: at,
  summary: "/tmp/x 30, by jane, started by bash",
} as const;

export const details = {
  ...alert,
  description: "Programs have no business in folders that everybody can write to.",
  falsePositives: ["Installers that unpack themselves"],
  attack: ["T1059"],
  details: { path: "/tmp/x", cmdline: "/tmp/x 30", parent_name: "bash", username: "jane", pid: 4711 },
  context: { name: "x", sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", parent: 4000 },
};

export const acknowledged = {
  ...details,
  state: "acknowledged",
  acknowledgedAt: "2026-07-01T09:35:00.000Z",
  acknowledgedBy: actor,
  note: "it was me",
};

export const silence = {
  id: "si_b3d5f7h2j4l6n3p5r7t2v4x6z3",
  rule: "exec-from-tmp",
  dedupKey: "/tmp/x",
  note: "a build runs there tonight",
  createdAt: at,
  createdBy: actor,
  expiresAt: "2026-07-01T21:30:00.000Z",
} as const;

export const sink = {
  name: "on-call",
  kind: "webhook",
  target: "https://hooks.example.org",
  state: "healthy",
  breaker: "closed",
  queued: 0,
  deadLetters: 1,
  lastDeliveredAt: at,
} as const;

export const deadLetter = {
  id: "17",
  sink: "on-call",
  alert: alert.id,
  severity: "high",
  title: alert.title,
  reason: "attempts_exhausted",
  attempts: 3,
  queuedAt: at,
  failedAt: "2026-07-01T09:31:00.000Z",
  lastError: "http_failed",
} as const;

export const rule = {
  id: "exec-from-tmp",
  title: alert.title,
  severity: "high",
  state: "enabled",
  origin: "starter",
  file: "exec-from-tmp.yaml",
  schedule: "each tick",
  findings: 1,
  errors: 0,
  lastRunAt: at,
  lastDurationMs: 0.4,
} as const;

export const host = {
  name: "web-1",
  os: "Debian GNU/Linux 13",
  kernel: "6.12.0",
  architecture: "x64",
  bootedAt: "2026-06-01T06:00:00.000Z",
  agentVersion: "0.1.0",
  agentStartedAt: at,
  source: "connector",
  sandbox: { level: "full", isDegraded: false, detail: "namespaces, Landlock, seccomp, rlimits" },
} as const;
