const root = "f9b2a1d0c3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e";
const origin = "holdfast/log/c3e5g7i2k4m6o3q5s7u2w4y6a3";

export const entry = {
  seq: 41,
  time: "2026-07-01T09:30:00.000Z",
  tenant: "tn_b3d5f7h2j4l6n3p5r7t2v4x6z3",
  actor: "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe",
  action: "secret.read",
  resource: "secret:nd_d4f6h2j3l5n7p4r6t2v3x5z7b2@1",
  outcome: "denied",
  reason: "forbidden",
  path: "applications/shop/config/db-password",
  address: "192.0.2.7",
};

export const proof = {
  seq: 41,
  proof: "c2sp.org/tlog-proof@v1\nindex 41\n…",
  entry: '{"action":"secret.read","actor":"ac_4q7z3m5xk2c6h6t7w2n3b5d4fe", …}',
};

export const head = {
  head: { origin, size: 42, chain: root, root, epoch: 0, signature: "q83vEjRWeJq83vEjRWeJo=" },
  checkpoint: `${origin}\n42\n+bKh0MPk9QYXKDlKW2x9jp+gscLT5PUGFyg5SltsfY4=\n\n— ${origin} …\n`,
  consistency: [root],
};

export const key = { origin, verifierKey: `${origin}+7f3a1c2e+AfmyodDD5PUGFyg5SltsfY6foLHC0+T1BhcoOUpbbH2O` };

export const verification = {
  ok: true,
  size: 42,
  root,
  state: { ok: true, rows: 17, unexplained: [] },
  durationMs: 3.4,
};
