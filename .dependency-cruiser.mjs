// Which package may use which, and what each may take from outside: a package boundary is a trust boundary.

import { Visitor } from "@swc/core/Visitor.js";

/** What a package's run-time code may import. Its own files, and what it is tested with, come on top. */
const mayUse = {
  kernel: { packages: [], platform: false, npm: [] },
  contract: { packages: [], platform: false, npm: [] },
  policy: { packages: ["kernel"], platform: false, npm: [] },
  engine: { packages: ["kernel", "contract"], platform: true, npm: true },
  rules: { packages: ["kernel"], platform: false, npm: ["yaml"] },
  notify: { packages: ["kernel"], platform: true, npm: true },
  runtime: { packages: ["kernel", "engine"], platform: true, npm: true },
  spine: { packages: ["kernel", "contract", "policy", "engine", "runtime"], platform: true, npm: true },
  agent: {
    packages: ["kernel", "contract", "policy", "engine", "rules", "notify", "runtime", "spine"],
    platform: true,
    npm: true,
  },
  client: { packages: ["kernel", "contract"], platform: true, npm: ["@noble/hashes"] },
  postgres: { packages: ["kernel", "engine"], platform: true, npm: true },
  server: {
    packages: ["kernel", "contract", "policy", "engine", "postgres", "runtime", "spine"],
    platform: true,
    npm: true,
  },
  cli: {
    packages: ["kernel", "contract", "client", "server", "postgres", "rules", "agent", "runtime"],
    platform: true,
    npm: true,
  },
};

/** Slices of a package, lowest rank first: each imports lower ranks only; `main` wires them. */
const slices = {
  spine: ["keyring", "tenants", "access", "identity", "audit"],
  server: ["registry"],
};

/** Which slices of the agent each of them may use, and no more: only `main` knows how they work together. */
const agentSlices = {
  events: [],
  sandbox: [],
  settings: [],
  collect: ["events"],
  sources: ["collect"],
  detect: ["sandbox"],
  alerts: [],
  rules: [],
  queries: [],
  sinks: [],
  hosts: [],
  main: [".*"],
};

/** Files beside the slices that every slice may use, because they use none. */
const beneathSlices = ["page", "catalogue", "effects"];
const sliced = `^packages/(${[...Object.keys(slices), "agent"].join("|")})/src/`;

const tests = "\\.(test|fixture)\\.ts$";
const source = (name) => `^packages/${name}/(src|emitted)/`;
const others = (names) => `^packages/(?!(${names.join("|")})/)`;

const packageRules = Object.entries(mayUse).flatMap(([name, may]) => [
  {
    name: `${name}-imports-down-the-ranks`,
    comment: `${name} may use: ${may.packages.join(", ") || "no other package"}`,
    severity: "error",
    from: { path: source(name), pathNot: tests },
    to: { path: others([name, ...may.packages]) },
  },
  ...(may.platform
    ? []
    : [
        {
          name: `${name}-is-pure`,
          comment: `${name} runs in browsers too: no node: module`,
          severity: "error",
          from: { path: source(name), pathNot: name === "contract" ? `${tests}|^packages/contract/src/` : tests },
          to: { dependencyTypes: ["core"] },
        },
      ]),
  ...(may.npm === true
    ? []
    : [
        {
          name: `${name}-keeps-its-dependency-list`,
          comment: `${name} may take from npm: ${may.npm.join(", ") || "nothing"}`,
          severity: "error",
          // TypeBox writes the contract; what is emitted from it needs nothing.
          from: { path: source(name), pathNot: name === "contract" ? `${tests}|^packages/contract/src/` : tests },
          to: {
            dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
            pathNot: ["^packages/", ...may.npm.map((dependency) => `node_modules/${dependency}/`)],
          },
        },
      ]),
]);

const sliceRules = Object.entries(slices).flatMap(([name, ranked]) =>
  ranked.map((slice, rank) => ({
    name: `${slice}-imports-lower-slices`,
    comment: `ranks: ${ranked.join(" < ")} < main`,
    severity: "error",
    from: { path: `^packages/${name}/src/${slice}/`, pathNot: tests },
    to: {
      path: `^packages/${name}/src/`,
      pathNot: `^packages/${name}/src/((${ranked.slice(0, rank + 1).join("|")})/|(${beneathSlices.join("|")})\\.ts$)`,
    },
  })),
);

/** Each slice of the agent keeps to its list; one without a list is found when another one uses it. */
const agentSliceRules = [
  ...Object.entries(agentSlices).map(([slice, used]) => ({
    name: `agent-${slice}-keeps-to-its-slices`,
    comment: `${slice} may use: ${used.join(", ") || "no other slice"}; main wires them`,
    severity: "error",
    from: { path: `^packages/agent/src/${slice}/`, pathNot: tests },
    to: {
      path: "^packages/agent/src/",
      pathNot: `^packages/agent/src/((${[slice, ...used].join("|")})/|(${beneathSlices.join("|")})\\.ts$)`,
    },
  })),
  {
    name: "agent-slices-are-listed",
    comment: "a new slice says which others it uses",
    severity: "error",
    from: { path: "^packages/agent/src/", pathNot: tests },
    to: { path: "^packages/agent/src/[^/]+/", pathNot: `^packages/agent/src/(${Object.keys(agentSlices).join("|")})/` },
  },
];

export default {
  forbidden: [
    ...packageRules,
    ...sliceRules,
    ...agentSliceRules,
    {
      name: "files-beneath-slices-use-none",
      comment: "what every slice may use stands below all of them",
      severity: "error",
      from: { path: `${sliced}(${beneathSlices.join("|")})\\.ts$` },
      to: { path: sliced },
    },
    {
      name: "slices-meet-at-their-front-doors",
      comment: "another slice is used through its index.ts",
      severity: "error",
      // The executor's process loads of the sandbox only what it runs, and `detect` may use no other slice.
      from: { path: "^packages/(spine|server|agent)/src/([^/]+)/", pathNot: [tests, "^packages/agent/src/detect/"] },
      to: {
        path: "^packages/$1/src/[^/]+/",
        pathNot: ["^packages/$1/src/$2/", "^packages/$1/src/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "packages-meet-at-their-exports",
      comment: "another package is used by its name, not by a path into it",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "programs-are-imported-lazily",
      comment:
        "the command line starts fast: what needs the server's or the agent's code loads it by import(), when it runs",
      severity: "error",
      from: { path: source("cli"), pathNot: tests },
      to: { path: "^packages/(server|agent|spine|runtime)/", dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "contract-sources-are-for-building",
      comment: "TypeBox is a build-time tool: others use what is emitted, or its types",
      severity: "error",
      from: { path: "^packages/(?!contract/)", pathNot: tests },
      to: { path: "^packages/contract/src/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "tests-are-not-imported",
      comment: "what is shipped does not use what is for tests",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { path: [tests, "^test/", "^bench/", "^scripts/"] },
    },
    {
      name: "no-cycles",
      comment: "files that need each other are one file, or a third is missing",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      comment: "every import has a target, listed in its own package.json",
      severity: "error",
      from: { path: "^packages/" },
      to: { couldNotResolve: true },
    },
    {
      name: "listed-dependencies",
      comment: "a package declares what it uses",
      severity: "error",
      from: { path: "^packages/[^/]+/(src|emitted)/", pathNot: tests },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/dist/" },
    // TypeScript 7 has no programming interface yet; swc reads the same files.
    parser: "swc",
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};

// swc's own walker stops at `using`: it is walked like any other declaration.
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function walk(statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) };
};
