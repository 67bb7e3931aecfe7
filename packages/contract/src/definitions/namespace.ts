import type { OperationDefinition } from "../definition.ts";
import * as field from "../fields.ts";
import * as shape from "../shapes.ts";

const { optional } = field;
const path = field.path("Folder whose settings these are.");
const needs = (action: string) => ({ resource: "namespace", path: "path", action });
const shop = { path: "applications/shop", environment: "production" };
const one = { path: "/api/namespaces/{path}", spans: ["path"], success: [200], entryResource: "namespace" } as const;

export const namespace: OperationDefinition[] = [
  {
    ...one,
    name: "namespace.write",
    title: "Set a namespace",
    description: "Sets the environment of a folder and all below it. 201 when it had no settings of its own.",
    method: "PUT",
    permission: needs("write"),
    input: {
      params: { path },
      body: {
        environment: field.name("development, staging, production or a name of your own."),
        cas: optional(field.cas),
      },
    },
    output: { schema: shape.namespace },
    success: [200, 201],
    errors: ["path_not_canonical", "version_mismatch"],
    mutation: true,
    examples: [{ title: "Production", input: shop, output: { ...shop, version: 1 } }],
  },
  {
    ...one,
    name: "namespace.read",
    title: "Read a namespace",
    description: "The settings that hold in a folder, its own or inherited.",
    method: "GET",
    permission: needs("read"),
    input: { params: { path } },
    output: { schema: shape.namespace },
    errors: ["path_not_canonical", "not_found"],
    examples: [
      {
        title: "Inherited settings",
        input: { path: "applications/shop/config" },
        output: { path: "applications/shop/config", environment: "production", inheritedFrom: "applications/shop" },
      },
    ],
  },
  {
    ...one,
    name: "namespace.delete",
    title: "Remove a namespace",
    description: "Removes the settings of a folder; it inherits again. Keys in it stay.",
    method: "DELETE",
    permission: needs("delete"),
    input: { params: { path } },
    output: { schema: field.named("RemovedNamespace", { path, removed: field.yes() }) },
    errors: ["path_not_canonical", "not_found"],
    mutation: true,
    examples: [{ title: "Remove", input: { path: shop.path }, output: { path: shop.path, removed: true } }],
  },
  {
    name: "namespace.list",
    title: "List namespaces",
    description: "Folders with settings of their own, by path. What you may not list does not show.",
    method: "GET",
    path: "/api/namespaces",
    permission: { resource: "namespace", path: "prefix", action: "list", perItem: true },
    input: {
      query: {
        prefix: optional(field.prefix),
        limit: optional(field.limit(1000)),
        after: optional(field.after),
      },
    },
    output: {
      schema: field.named("NamespaceList", { items: field.list(shape.namespace, 1000), next: optional(field.next) }),
    },
    success: [200],
    errors: ["path_not_canonical"],
    entryResource: "namespace",
    examples: [{ title: "All", input: {}, output: { items: [{ ...shop, version: 1 }] } }],
  },
];
