/** Front door of the sandbox, for the process that starts what runs in it. */
export { findNamespaces, type Namespaces, type Wrapper } from "./namespaces.ts";
export { nativeFiles } from "./native.ts";
export { type Advise, letGoOfProgram } from "./own-program.ts";
export type { User } from "./privileges.ts";
export {
  type FeatureName,
  featureNames,
  missingOf,
  reaches,
  reportOf,
  type SandboxFeature,
  type SandboxLevel,
  type SandboxReport,
} from "./report.ts";
