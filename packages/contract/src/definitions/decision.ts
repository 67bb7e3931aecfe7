import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const word = (description: string) => field.text(64, description, { pattern: "^[a-z][a-z0-9-]{0,62}$" });

export const decision: OperationDefinition[] = [
  {
    program: "both",
    name: "decision.explain",
    title: "Explain a decision",
    description:
      "Says whether you may do something, which rule decides and what is missing. For another’s accessor you need policy::read.",
    method: "POST",
    path: "/api/decisions:explain",
    permission: null,
    input: {
      body: {
        resource: word("Kind of resource, as in a permission."),
        path: field.text(512, "Path of the resource; empty for none."),
        action: word("Action, as in a permission."),
        accessor: field.optional(field.accessor),
      },
    },
    output: { schema: shape.decision },
    success: [200],
    errors: ["path_not_canonical", "not_found"],
    entryResource: "policy",
    examples: [
      {
        title: "May I read it?",
        input: { resource: "secret", path: "applications/shop/config/db-password", action: "read" },
        output: {
          allowed: false,
          rule: "default deny",
          missing: ["secret:applications/shop/config/db-password:read"],
          considered: [],
        },
      },
    ],
  },
];
