// What must not stand in the repository, and what must: names every finding, exits 1 when there is one.
import { spawnSync } from "node:child_process";
import { globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findForbiddenText } from "./repository/forbidden-text.ts";
import { findInLicences } from "./repository/licences.ts";
import { findInLockFile } from "./repository/lock-file.ts";
import { findOutOfStep } from "./repository/out-of-step.ts";
import { findUnpinned } from "./repository/unpinned.ts";

const root = join(import.meta.dirname, "..");
const neighbours = besideCheckout();
const files = repositoryFiles();
const lockFile = readText("package-lock.json");
const findings = [
  ...findInLockFile(lockFile),
  ...findOutOfStep(lockFile, manifests()),
  ...manifests().flatMap(([file, text]) => findUnpinned(file, text)),
  ...findInLicences(readText("LICENSE"), manifests()),
  ...files.flatMap((file) => findForbiddenText(file, readText(file), neighbours)),
];

for (const finding of findings) console.log(finding);
console.log(`${files.length} files looked at, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;

/** What lies beside the checkout; where everybody's things lie, such as / and /tmp, only the checkout itself. */
function besideCheckout(): readonly string[] {
  const folder = dirname(root);
  if (folder === "/" || folder === tmpdir()) return [root];
  return readdirSync(folder).map((name) => join(folder, name));
}

/** Every file that is, or is about to be, in the repository. */
function repositoryFiles(): readonly string[] {
  return listed().filter((file) => statSync(join(root, file), { throwIfNoEntry: false })?.isFile());
}

function listed(): readonly string[] {
  const git = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  if (git.status === 0) return git.stdout.toString().split("\0");
  const built = ["node_modules", "dist", "coverage", ".holdfast", ".git"];
  return globSync("**", { cwd: root, exclude: (name) => built.includes(basename(name)) });
}

function manifests(): readonly (readonly [string, string])[] {
  return files.filter((file) => /^(packages\/[^/]+\/)?package\.json$/.test(file)).map((file) => [file, readText(file)]);
}

function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
