import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../ledger-shapes.ts";
import * as example from "./audit-examples.ts";

const { optional } = field;
const permission = { resource: "audit", path: "", action: "read" } as const;
const common = { program: "both", method: "GET", permission, success: [200], entryResource: "audit" } as const;

export const audit: OperationDefinition[] = [
  {
    ...common,
    name: "audit.log",
    title: "Read the ledger",
    description: "Entries of the tenant, newest first.",
    path: "/api/audit/entries",
    input: {
      query: {
        limit: optional(field.limit(1000)),
        before: optional(field.seq("Only entries below this position.")),
        actor: optional(field.actor),
        action: optional(field.storedText(64, "Name of an operation.", { minLength: 1 })),
        outcome: optional(field.choice(["ok", "denied", "failed", "conflict"])),
        resource: optional(field.storedText(256, "Resource as it stands in the entry, or its kind.", { minLength: 1 })),
        path: optional(field.path("Path of the resource.")),
        since: optional(field.time("Not before.")),
        until: optional(field.time("Before.")),
      },
    },
    output: {
      schema: field.named("EntryList", {
        items: field.list(shape.entryView, 1000),
        next: optional(field.seq('Send it as "before" to get what follows.')),
      }),
    },
    errors: ["path_not_canonical"],
    examples: [
      { title: "Refused calls", input: { outcome: "denied", limit: 20 }, output: { items: [example.entry], next: 41 } },
    ],
  },
  {
    ...common,
    name: "audit.prove",
    title: "Prove an entry",
    description: "The entry’s exact bytes and an offline proof that it stands in the ledger.",
    path: "/api/audit/entries/{seq}:proof",
    input: { params: { seq: field.seq() } },
    output: { schema: shape.proof },
    errors: ["not_found"],
    examples: [{ title: "Prove entry 41", input: { seq: 41 }, output: example.proof }],
  },
  {
    ...common,
    name: "audit.export",
    title: "Export entries",
    description: "Exact bytes of entries in the entry-bundle encoding of C2SP tlog-tiles. Global auditors only.",
    scope: "global",
    path: "/api/audit/export",
    input: {
      query: {
        start: field.seq("First entry."),
        limit: field.integer(1, 16_384, "Most entries; fewer come at the end."),
      },
    },
    output: { mediaType: "application/octet-stream", maxBytes: 16_384 * 65_537 },
    errors: ["not_found"],
    examples: [{ title: "The first bundle", input: { start: 0, limit: 256 }, output: "AAJ7fQ==" }],
  },
  {
    ...common,
    name: "audit.head",
    title: "Signed head",
    description: "The newest signed head, the newest checkpoint, and a proof that the head continues size `from`.",
    path: "/api/audit/head",
    input: { query: { from: optional(field.count("A size you have seen a head of.")) } },
    output: { schema: shape.head },
    errors: ["not_found"],
    examples: [{ title: "What is new since 40", input: { from: 40 }, output: example.head }],
  },
  {
    ...common,
    name: "audit.checkpoint",
    title: "Newest checkpoint",
    description: "The newest published checkpoint, a C2SP signed note.",
    path: "/api/audit/checkpoint",
    input: {},
    output: { mediaType: "text/plain; charset=utf-8", maxBytes: 65_536 },
    errors: ["not_found"],
    examples: [{ title: "Fetch it", input: {}, output: example.head.checkpoint }],
  },
  {
    ...common,
    name: "audit.key",
    title: "Verifier key",
    description: "The key that verifies heads and checkpoints. Compare it with one you got another way.",
    path: "/api/audit/key",
    input: {},
    output: { schema: shape.logKey },
    errors: [],
    examples: [{ title: "Fetch it", input: {}, output: example.key }],
  },
  {
    ...common,
    name: "audit.verify",
    title: "Verify the ledger",
    description: "Checks every entry, the chain, the tree and the head; with state also every bound row.",
    scope: "global",
    method: "POST",
    path: "/api/audit:verify",
    input: { body: { state: optional(field.flag("Check stored rows against the ledger as well.")) } },
    output: { schema: shape.verification },
    errors: [],
    examples: [{ title: "Everything", input: { state: true }, output: example.verification }],
  },
];
