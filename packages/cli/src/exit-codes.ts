/** What the command's exit code says; stable, and listed in `holdfast --help` and docs/cli.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  conflict: 5,
  unreachable: 6,
  untrusted: 7,
  busy: 8,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One line for each code, in order; the help text and a test of docs/cli.md read this. */
export const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [0, "done"],
  [1, "refused or failed; `audit verify`: a bad entry was found"],
  [2, "wrong usage"],
  [3, "not found"],
  [4, "not identified or not allowed"],
  [5, "conflict: it exists already, or the version is another one"],
  [6, "the server cannot be reached"],
  [7, "the socket, its folder or the server's certificate is not trusted"],
  [8, "the server is busy, limits the rate, is sealed, or cannot read; try again later"],
];

/** Codes that only `holdfast up` gives. */
export const upExitCodeMeanings: readonly (readonly [number, string])[] = [
  [10, "the address is in use"],
  [11, "the data folder is not writable or has wrong permissions"],
  [12, "another instance runs on this data"],
  [13, "the database is unreadable or damaged"],
  [14, "the database was rolled back: it is older than a known checkpoint"],
  [15, "the root key is missing or wrong"],
  [16, "the configuration is invalid"],
  [17, "the database that nodes share cannot be reached"],
];
