/** What a secret is called: in options, variables, headers and settings. A part of the name ends with one of these. */
const WORDS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "credential",
  "credentials",
  "authorization",
  "bearer",
];

/** Two words that are also written as one, anywhere in the name. */
const COMPOUNDS: readonly string[] = [
  "apikey",
  "authkey",
  "accesskey",
  "secretkey",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "accountkey",
  "sharedkey",
  "masterkey",
  "rootkey",
  "passphrase",
  "amzsignature",
];

/** Too short to stand for a secret inside other names: these are the last part, or the whole. */
const LAST: readonly string[] = [
  "pass",
  "pwd",
  "pw",
  "psk",
  "otp",
  "pin",
  "auth",
  "cookie",
  "creds",
  "sas",
  "sig",
  "jwt",
];

/** A name that ends so speaks of a secret without holding one. */
const HARMLESS_LAST: ReadonlySet<string> = wordsIn(`
  file filename path dir folder stdin fd env name type url uri endpoint length size count policy ttl timeout expiry
  lifetime algorithm format prompt command method mode enabled required limit budget tokens
`);

/** An option that begins so asks for a secret, or does something with one, and is followed by no value. */
const HARMLESS_FIRST: ReadonlySet<string> = wordsIn(
  "no ask prompt use with without enable disable show hide require skip",
);

/** The shell keeps its folders in variables that are called like passwords. */
const FOLDERS: ReadonlySet<string> = new Set(["PWD", "OLDPWD"]);

const MAX_NAME = 64;

/** Whether what is assigned to this name is a secret. */
export function isSecretName(name: string): boolean {
  if (FOLDERS.has(name)) return false;
  const parts = partsOf(name);
  const last = parts.at(-1);
  if (last === undefined || HARMLESS_LAST.has(last)) return false;
  if (LAST.includes(last) || parts.some((part) => WORDS.some((word) => part.endsWith(word)))) return true;
  const joined = parts.join("");
  return COMPOUNDS.some((compound) => joined.includes(compound));
}

/** Whether an option of this name is followed by a secret as the next argument. */
export function takesSecret(option: string): boolean {
  return isSecretName(option) && !HARMLESS_FIRST.has(partsOf(option)[0] ?? "");
}

/** `db-password`, `DB_PASSWORD` and `dbPassword` alike. */
function partsOf(name: string): string[] {
  return name
    .slice(-MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[-_.]/)
    .filter((part) => part !== "");
}

function wordsIn(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/));
}
