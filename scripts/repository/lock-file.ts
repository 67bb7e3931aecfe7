type Platforms = string | readonly string[] | undefined;

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly os?: Platforms;
  readonly cpu?: Platforms;
  readonly libc?: Platforms;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Anyone's registry serves the lock file: it names no host, and pins every package by its hash. */
export function findInLockFile(text: string): readonly string[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  const installed = Object.entries(packages).filter(([path, entry]) => path.includes("node_modules/") && !entry.link);
  return [
    ...installed
      .filter(([, entry]) => entry.resolved !== undefined)
      .map(([path]) => `${at(path)} names a registry host`),
    ...installed
      .filter(([, entry]) => entry.integrity === undefined && isForTheReferenceMachine(entry))
      .map(([path]) => `${at(path)} has no integrity hash`),
    ...installed.flatMap(([path, entry]) => missingOptional(path, entry, packages)),
  ];
}

/** `npm ci` refuses a lock file that lacks an optional package which the registry cannot serve: each is named in it. */
function missingOptional(
  path: string,
  entry: LockedPackage,
  packages: Record<string, LockedPackage>,
): readonly string[] {
  return Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => packages[`node_modules/${name}`] === undefined)
    .filter((name) => packages[`${path}/node_modules/${name}`] === undefined)
    .map((name) => `${at(path)} may use ${name}, which has no entry: npm ci would refuse the file`);
}

/** Where a registry carries no package for another machine, its hash cannot be known here; npm adds it where it can. */
function isForTheReferenceMachine({ os, cpu, libc }: LockedPackage): boolean {
  const allows = (list: Platforms, value: string): boolean => list === undefined || [list].flat().includes(value);
  return allows(os, "linux") && allows(cpu, "x64") && allows(libc, "glibc");
}

function at(path: string): string {
  return `package-lock.json: ${path}`;
}
