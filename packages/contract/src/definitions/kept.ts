import Type, { type TSchema } from "typebox";
import type { OperationDefinition } from "../definition.ts";
import type { ProblemCode } from "../errors.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";
import { exampleKey, exampleVersion } from "./kept-examples.ts";

type Kind = "secret" | "config";

const { optional } = field;
const key = field.path("Canonical path of the key; it may hold slashes.");
const spans = ["key"] as const;
const gone: readonly ProblemCode[] = ["path_not_canonical", "not_found", "deleted", "destroyed"];
const written = {
  value: Type.Unknown({
    description: 'Any JSON; with another contentType a string, with encoding "base64" bytes. At most 16 MiB.',
  }),
  contentType: optional(
    field.text(128, "Media type of the value; application/json when left out.", {
      pattern: "^[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}$",
    }),
  ),
  encoding: optional(field.choice(["base64"], "The value is base64 of bytes.")),
  metadata: optional(field.metadata),
  note: optional(field.note),
  cas: optional(field.cas),
} satisfies Record<string, TSchema>;

/** Secrets and configuration are one family: the same verbs, apart in name, path and permission. */
export function kept(kind: Kind): OperationDefinition[] {
  const base = `/api/${kind}s`;
  const at = (suffix: string) => ({
    path: `${base}${suffix}`,
    // The source document writes /secrets without a prefix; it has no such form for configuration.
    ...(kind === "secret" && { aliases: [`/secrets${suffix}`] }),
  });
  const needs = (action: string) => ({ resource: kind, path: "key", action });
  const common = { kind, at, needs };
  return [...writing(common), ...reading(common), ...ending(common), history(common), listing(common)];
}

interface Family {
  readonly kind: Kind;
  readonly at: (suffix: string) => { path: string; aliases?: readonly string[] };
  readonly needs: (action: string) => { resource: string; path: string; action: string };
}

function writing({ kind, at, needs }: Family): OperationDefinition[] {
  const output = { schema: shape.version };
  const example = { key: exampleKey(kind), value: kind === "secret" ? "correct horse" : { replicas: 3 } };
  return [
    {
      name: `${kind}.create`,
      title: `Create a ${kind}`,
      description: `Writes version 1 of a ${kind} at a key that has none; refuses a key that exists.`,
      method: "POST",
      ...at(""),
      permission: needs("write"),
      input: { body: { key, ...written } },
      output,
      success: [201],
      errors: ["path_not_canonical", "already_exists", "version_mismatch"],
      mutation: true,
      entryResource: kind,
      examples: [{ title: `Create a ${kind}`, input: example, output: exampleVersion(kind) }],
    },
    {
      name: `${kind}.put`,
      title: `Write a ${kind}`,
      description: `Writes the next version of a ${kind}, the first when there is none. 201 when the key is new.`,
      method: "PUT",
      ...at("/{key}"),
      spans,
      permission: needs("write"),
      input: {
        params: { key },
        headers: { ifMatch: optional(field.ifMatch), ifNoneMatch: optional(field.ifNoneMatch) },
        body: written,
      },
      output,
      success: [200, 201],
      errors: ["path_not_canonical", "version_mismatch"],
      mutation: true,
      entryResource: kind,
      examples: [
        {
          title: "Write only if version 1 is current",
          input: { ...example, cas: 1, note: "rotated" },
          output: { ...exampleVersion(kind), version: 2, note: "rotated" },
        },
      ],
    },
  ];
}

function reading({ kind, at, needs }: Family): OperationDefinition[] {
  const value = kind === "secret" ? "correct horse" : { replicas: 3 };
  const common = {
    method: "GET",
    spans,
    permission: needs("read"),
    output: { schema: shape.versionWithValue },
    success: [200],
    errors: gone,
    entryResource: kind,
  } as const;
  return [
    {
      ...common,
      name: `${kind}.read`,
      title: `Read a ${kind}`,
      description: `The current version of a ${kind} with its value. The ETag is the version.`,
      ...at("/{key}"),
      input: { params: { key } },
      examples: [
        { title: `Read a ${kind}`, input: { key: exampleKey(kind) }, output: { ...exampleVersion(kind), value } },
      ],
    },
    {
      ...common,
      name: `${kind}.read-version`,
      title: `Read one version of a ${kind}`,
      description: `The named version of a ${kind} with its value.`,
      ...at("/{key}/versions/{version}"),
      input: { params: { key, version: field.version() } },
      examples: [
        {
          title: "Read version 1",
          input: { key: exampleKey(kind), version: 1 },
          output: { ...exampleVersion(kind), value },
        },
      ],
    },
  ];
}

function ending({ kind, at, needs }: Family): OperationDefinition[] {
  const common = { spans, entryResource: kind, success: [200], mutation: true } as const;
  const state = { schema: shape.keyState };
  const target = { key: exampleKey(kind) };
  return [
    {
      ...common,
      name: `${kind}.delete`,
      title: `Delete a ${kind}`,
      description: `Hides the current version. Nothing is lost: undelete brings it back, destroy ends it.`,
      method: "DELETE",
      ...at("/{key}"),
      permission: needs("delete"),
      input: { params: { key }, headers: { ifMatch: optional(field.ifMatch) } },
      output: state,
      errors: [...gone, "version_mismatch"],
      examples: [{ title: `Delete a ${kind}`, input: target, output: { ...target, version: 1, state: "deleted" } }],
    },
    {
      ...common,
      name: `${kind}.undelete`,
      title: `Bring back a deleted ${kind}`,
      description: "Brings back the deleted version, the newest when none is named.",
      method: "POST",
      ...at("/{key}:undelete"),
      permission: needs("write"),
      input: { params: { key }, body: { version: optional(field.version()) } },
      output: state,
      errors: gone,
      examples: [{ title: "Bring back", input: target, output: { ...target, version: 1, state: "live" } }],
    },
    {
      ...common,
      name: `${kind}.destroy`,
      title: `Destroy versions of a ${kind}`,
      description: "Drops the keys of the named versions, or of all: no one can open them again.",
      method: "POST",
      ...at("/{key}:destroy"),
      permission: needs("delete"),
      input: {
        params: { key },
        body: {
          versions: optional(field.list(field.version(), 1000, { minItems: 1, uniqueItems: true })),
          all: optional(field.yes("All versions.")),
        },
        exactlyOne: true,
      },
      output: {
        schema: field.named("Destroyed", {
          key,
          destroyed: field.list(field.version(), 100_000),
          pending: field.list(field.text(512), 64, {
            description: "What must still happen before nothing at all could bring them back.",
          }),
        }),
      },
      errors: ["path_not_canonical", "not_found"],
      examples: [
        {
          title: "Destroy two versions",
          input: { ...target, versions: [1, 2] },
          output: { ...target, destroyed: [1, 2], pending: ["backups made before now"] },
        },
      ],
    },
  ];
}

function history({ kind, at, needs }: Family): OperationDefinition {
  const { key: _, kind: __, environment: ___, ...info } = exampleVersion(kind);
  return {
    name: `${kind}.history`,
    title: `History of a ${kind}`,
    description: "Its versions, newest first, without values.",
    method: "GET",
    ...at("/{key}:history"),
    spans,
    permission: needs("read"),
    input: {
      params: { key },
      query: { limit: optional(field.limit(1000)), before: optional(field.version("Only versions below this one.")) },
    },
    output: {
      schema: field.named("History", {
        key,
        items: field.list(shape.versionInfo, 1000),
        next: optional(field.version('Send it as "before" to get what follows.')),
      }),
    },
    success: [200],
    errors: ["path_not_canonical", "not_found"],
    entryResource: kind,
    examples: [
      {
        title: "The newest versions",
        input: { key: exampleKey(kind), limit: 10 },
        output: { key: exampleKey(kind), items: [info] },
      },
    ],
  };
}

function listing({ kind, at }: Family): OperationDefinition {
  return {
    name: `${kind}.list`,
    title: `List ${kind}s`,
    description: "What lies in a folder, by name. Directories end in a slash; what you may not list does not show.",
    method: "GET",
    ...at(""),
    permission: { resource: kind, path: "prefix", action: "list", perItem: true },
    input: {
      query: {
        prefix: optional(field.prefix),
        recursive: optional(field.flag("All keys below, without directories.")),
        limit: optional(field.limit(1000)),
        after: optional(field.after),
      },
    },
    output: {
      schema: field.named("KeyList", { items: field.list(shape.listedKey, 1000), next: optional(field.next) }),
    },
    success: [200],
    errors: ["path_not_canonical"],
    entryResource: kind,
    examples: [
      {
        title: "One folder",
        input: { prefix: "applications/shop/config" },
        output: { items: [{ key: exampleKey(kind), kind, version: 1, updatedAt: "2026-07-01T09:30:00.000Z" }] },
      },
    ],
  };
}
