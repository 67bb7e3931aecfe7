import Type from "typebox";
import * as field from "./fields.ts";

const { optional, named, list } = field;

const versionFields = {
  version: field.version(),
  state: field.choice(["live", "deleted", "destroyed"]),
  contentType: field.text(128, "Media type of the value."),
  encoding: optional(field.choice(["base64"], "Given when the value is bytes.")),
  metadata: field.metadata,
  note: optional(field.note),
  size: field.count("Bytes of the value as stored."),
  createdAt: field.time("When it was written."),
  createdBy: field.text(64, "Actor who wrote it."),
};

const identity = { key: field.path("Canonical path."), kind: field.choice(["secret", "config"]) };
const environment = optional(field.name("Environment of the namespace it lies in."));

export const versionInfo = named("VersionInfo", versionFields);
export const version = named("Version", { ...identity, ...versionFields, environment });
export const versionWithValue = named("VersionWithValue", {
  ...identity,
  ...versionFields,
  environment,
  value: Type.Unknown({ description: "JSON for application/json, else text, or base64 with encoding." }),
});
export const keyState = named("KeyState", {
  key: field.path("Canonical path."),
  version: field.version("The version this was done to."),
  state: field.choice(["live", "deleted"]),
});
export const listedKey = named("ListedKey", {
  key: field.path("Canonical path; that of a directory ends in a slash."),
  kind: field.choice(["secret", "config", "directory"]),
  version: optional(field.version()),
  updatedAt: optional(field.time("When the current version was written.")),
});
export const treeItem = named("TreeItem", {
  path: field.path("Canonical path."),
  kind: field.choice(["directory", "config", "secret"]),
  version: optional(field.version()),
  environment,
});
export const namespace = named("Namespace", {
  path: field.path("The folder whose settings these are."),
  environment: field.name("development, staging, production or a name of your own."),
  inheritedFrom: optional(field.path("The folder above that sets it, when this one does not.")),
  version: optional(field.version("Number of the settings, for check-and-set.")),
});
export const tokenInfo = named("TokenInfo", {
  credential: field.choice(["token", "peer"], "What the actor showed: a token, or the peer identity of a socket."),
  accessor: optional(field.accessor),
  actor: field.actor,
  name: optional(field.name("Name given when it was made.")),
  roles: list(field.name("Role."), 64),
  createdAt: optional(field.time("When it was made.")),
  expiresAt: optional(field.time("When it ends.")),
  usesLeft: optional(field.count("Uses that remain.")),
});
export const createdToken = named("CreatedToken", {
  token: field.token,
  accessor: field.accessor,
  actor: field.actor,
  name: optional(field.name("Name given when it was made.")),
  roles: list(field.name("Role."), 64),
  createdAt: field.time("When it was made."),
  expiresAt: optional(field.time("When it ends.")),
  usesLeft: optional(field.count("Uses that remain.")),
});
export const revokedToken = named("RevokedToken", { accessor: field.accessor, revoked: field.yes() });
export const role = named("Role", {
  name: field.name("Name of the role."),
  description: optional(field.text(1024)),
  permissions: list(field.permission, 1000),
  environments: optional(list(field.name("Environment."), 32)),
  builtIn: Type.Boolean({ description: "Comes with Holdfast and cannot be changed." }),
  version: optional(field.version("Number of the role as stored.")),
  updatedAt: optional(field.time("When it was last written.")),
});
export const grant = named("Grant", {
  actor: field.actor,
  role: field.name("Role."),
  grantedAt: field.time("When it was granted."),
});
export const decision = named("Decision", {
  allowed: Type.Boolean(),
  rule: field.text(1024, 'The rule that decided, in words; "default deny" when none did.'),
  missing: list(field.text(1024), 64, { description: "What would have allowed it." }),
  considered: list(
    named("ConsideredRule", {
      rule: field.text(1024),
      effect: field.choice(["allow", "deny", "none"]),
      why: field.text(1024, "Why it did or did not apply."),
    }),
    1000,
  ),
});
export const tenant = named("Tenant", {
  id: field.id("tn", "Random id, never used again."),
  name: field.name("Name of the tenant."),
  createdAt: field.time("When it was made."),
});
export const kekVersion = named("KeyVersion", {
  version: field.version("Version of the tenant’s key-encryption key."),
  state: field.choice(["active", "retiring", "destroyed"]),
  createdAt: field.time("When it was made."),
  references: field.count("Data keys that it wraps."),
});
