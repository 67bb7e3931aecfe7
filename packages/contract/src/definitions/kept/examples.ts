export const exampleKey = (kind: "secret" | "config") =>
  `applications/shop/config/${kind === "secret" ? "db-password" : "scaling"}`;

export const exampleVersion = (kind: "secret" | "config") => ({
  key: exampleKey(kind),
  kind,
  version: 1,
  state: "live",
  contentType: "application/json",
  metadata: { owner: "shop" },
  size: kind === "secret" ? 15 : 14,
  createdAt: "2026-07-01T09:30:00.000Z",
  createdBy: "ac_4q7z3m5xk2c6h6t7w2n3b5d4fe",
  environment: "production",
});
