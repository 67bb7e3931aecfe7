// Runs before `npm start`, `npm test` and their kin, on any Node from 20 up: makes sure that the dependencies named in
// package-lock.json are there, and with --bundle that the command line is bundled. Does nothing when nothing changed.
import { spawnSync } from "node:child_process";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ownNode = join(root, "node_modules", ".bin", "node");
const lockFile = join(root, ".install.lock");
const neededMajor = 24;
const lockWaitSeconds = 600;

try {
  await install();
  linkRuntime();
  if (process.argv.includes("--bundle")) bundle();
} catch (error) {
  fail(error);
}

async function install() {
  if (installed()) return;
  await withLock(() => {
    if (installed()) return;
    const started = Date.now();
    say("installing dependencies (npm ci, without install scripts) …");
    npmCi();
    say(`dependencies installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
}

/** Whether node_modules is what package-lock.json says, for this platform. npm writes the inner lock file last. */
function installed() {
  const wanted = packagesOf("package-lock.json");
  const present = packagesOf("node_modules/.package-lock.json");
  if (wanted === undefined) throw new Error("package-lock.json is missing or damaged");
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) =>
    path.includes("node_modules/") ? hasDependency(path, entry, present[path]) : hasCommands(entry),
  );
}

function hasDependency(path, entry, found) {
  if (found === undefined) return entry.optional === true;
  return sameVersion(entry, found) && suitsThisMachine(found) && existsSync(join(root, path));
}

/** npm links the commands of our own packages, such as `holdfast`. */
function hasCommands({ bin = {} }) {
  return Object.keys(bin).every((name) => existsSync(join(root, "node_modules", ".bin", name)));
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

function sameVersion(a, b) {
  return a.version === b.version && a.integrity === b.integrity && !a.link === !b.link;
}

/** A node_modules folder may have come from a machine of another kind, in a copy or a shared folder. */
function suitsThisMachine({ os, cpu }) {
  return allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(list, value) {
  const items = list === undefined ? [] : [list].flat();
  if (items.includes(`!${value}`)) return false;
  return items.includes(value) || items.every((item) => item.startsWith("!"));
}

function npmCi() {
  const npm = process.env.npm_execpath;
  // npm's own node, not the one in node_modules: that one is replaced while it would run.
  const [command, ...first] =
    npm && basename(npm) === "npm-cli.js" ? [process.env.npm_node_execpath ?? process.execPath, npm] : ["npm"];
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const cache = usableCache();
  try {
    run(
      command,
      [...first, "ci", "--ignore-scripts", "--include=dev", "--include=optional", ...quiet, ...cache.args],
      "npm ci failed; its message is above. It needs a package registry this once, later starts do not",
    );
  } finally {
    cache.discard();
  }
}

/** A service account may have no home: npm then gets a cache that lasts as long as it runs. */
function usableCache() {
  try {
    const cache = process.env.npm_config_cache ?? join(homedir(), ".npm");
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
    return { args: [], discard: () => {} };
  } catch {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-npm-"));
    return { args: [`--cache=${folder}`], discard: () => rmSync(folder, { recursive: true, force: true }) };
  }
}

function bundle() {
  const node = runtime();
  if (node === undefined) {
    throw new Error(
      `Holdfast needs Node.js ${neededMajor} or newer and this is ${process.version} on ${process.platform} ${process.arch}. ` +
        `npm brings the right one for Linux on x64 and arm64 only: install Node.js ${neededMajor} from https://nodejs.org and try again`,
    );
  }
  run(node, [join(root, "scripts", "bundle.mjs")], "the command line could not be bundled; the reason is above");
}

/** npm 10 leaves out a command that two packages offer, also when it installs only one of them: `node` is such a one. */
function linkRuntime() {
  const name = `node-${process.platform}-${process.arch}`;
  if (existsSync(ownNode) || !existsSync(join(root, "node_modules", name, "bin", "node"))) return;
  try {
    symlinkSync(join("..", name, "bin", "node"), ownNode);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

/** The Node that runs Holdfast: npm's when it is there, else the one that runs this, when it is new enough. */
function runtime() {
  if (existsSync(ownNode)) return ownNode;
  return Number.parseInt(process.versions.node, 10) >= neededMajor ? process.execPath : undefined;
}

function run(command, args, whenItFails) {
  // stdout of a pre-script belongs to the command it precedes: everything here goes to stderr.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) throw new Error(`${command} could not be started (${error.message})`);
  if (status !== 0) throw new Error(whenItFails);
}

/** Two `npm start` at once install once: `npm ci` empties node_modules first. */
async function withLock(work) {
  const deadline = Date.now() + lockWaitSeconds * 1000;
  for (let waits = 0; !takeLock(); waits += 1) {
    if (waits === 0) say("another process is installing, waiting for it …");
    if (Date.now() > deadline)
      throw new Error(`waited ${lockWaitSeconds} s for another install; if none runs, remove ${lockFile}`);
    await sleep(200);
  }
  try {
    work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function takeLock() {
  try {
    const file = openSync(lockFile, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST")
      throw new Error(`dependencies are missing and ${root} is not writable (${error.code})`);
    if (holderIsGone()) rmSync(lockFile, { force: true });
    return false;
  }
}

function holderIsGone() {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function say(text) {
  process.stderr.write(`holdfast: ${text}\n`);
}

function fail(error) {
  say(error.message);
  process.exit(1);
}
