import type { OperationDefinition } from "../definition.ts";
import * as shape from "../ledger-shapes.ts";

export const status: OperationDefinition[] = [
  {
    program: "both",
    name: "status",
    title: "Status",
    description: "What the server is, who you are to it, and which of its features are there.",
    method: "GET",
    path: "/api/status",
    permission: null,
    input: {},
    output: { schema: shape.status },
    success: [200],
    errors: [],
    entryResource: "system",
    examples: [
      {
        title: "Status",
        input: {},
        output: {
          version: "0.1.0",
          uptimeSeconds: 12.5,
          tenant: "tn_b3d5f7h2j4l6n3p5r7t2v4x6z3",
          actor: "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe",
          ledger: { origin: "holdfast/log/c3e5g7i2k4m6o3q5s7u2w4y6a3", size: 42, epoch: 0, checkpointSize: 40 },
          storage: { kind: "sqlite", sizeBytes: 131_072 },
          seal: { kind: "file", sealed: false, detail: "development seal" },
          features: [{ name: "checkpoint-copy", state: "unavailable", detail: "no second place is configured" }],
        },
      },
    ],
  },
];
