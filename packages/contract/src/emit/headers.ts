/** Headers that any operation takes; `mutation` ones only where something changes. */
export const commonHeaders = {
  "Holdfast-Tenant": {
    description: "Name or id of the tenant to act in; the credential’s own when left out.",
    schema: { type: "string", minLength: 1, maxLength: 63, pattern: "^[a-z][a-z0-9_-]{0,62}$" },
    mutation: false,
  },
  "Holdfast-Request-Id": {
    description: "An id of yours for this call; comes back in the answer and stands in the logs.",
    schema: { type: "string", minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9._-]{1,128}$" },
    mutation: false,
  },
  "Idempotency-Key": {
    description: "A repeated call with the same key is done once.",
    schema: { type: "string", minLength: 16, maxLength: 128, pattern: "^[A-Za-z0-9._-]{16,128}$" },
    mutation: true,
  },
} as const;
