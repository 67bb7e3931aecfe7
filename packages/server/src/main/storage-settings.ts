import { readFileSync } from "node:fs";
import { type PostgresSettings, SettingsFault, settingsFrom } from "@holdfast/postgres";
import { readPrivateFile, type ReadSetting, wrongSetting } from "@holdfast/runtime";

const SWITCHES: Readonly<Record<string, boolean>> = { on: true, off: false };
/** What only means something beside a URL: whoever sets one of them alone believes to be on another back end. */
const BESIDE_URL = ["PASSWORD", "PASSWORD_FILE", "CA_FILE", "CONNECTIONS", "TIMEOUT_MS", "NOTIFY", "LOCKS"].map(
  (name) => `STORAGE_${name}`,
);

/** The PostgreSQL that `HOLDFAST_STORAGE_URL` names; undefined when the ledger lies in the data folder. */
export function storageSettings(setting: ReadSetting): PostgresSettings | undefined {
  const url = setting("STORAGE_URL");
  if (url === undefined) return refuseAlone(setting);
  const options = {
    url,
    password: passwordOf(setting),
    ca: authorityOf(setting("STORAGE_CA_FILE")),
    maxConnections: numberOf(setting, "STORAGE_CONNECTIONS"),
    statementTimeoutMs: numberOf(setting, "STORAGE_TIMEOUT_MS"),
    hasNotify: switchOf(setting, "STORAGE_NOTIFY"),
    hasLocks: switchOf(setting, "STORAGE_LOCKS"),
  };
  try {
    return settingsFrom(options);
  } catch (cause) {
    if (!(cause instanceof SettingsFault)) throw cause;
    throw wrongSetting("STORAGE_URL", `cannot be used. ${cause.message.replace(/\.$/, "")}`, cause.hint);
  }
}

function refuseAlone(setting: ReadSetting): undefined {
  const alone = BESIDE_URL.find((name) => setting(name) !== undefined);
  if (alone === undefined) return undefined;
  const hint = "Set HOLDFAST_STORAGE_URL as well, or take this one away.";
  throw wrongSetting(alone, "means nothing without HOLDFAST_STORAGE_URL", hint);
}

function passwordOf(setting: ReadSetting): string | undefined {
  const [password, path] = [setting("STORAGE_PASSWORD"), setting("STORAGE_PASSWORD_FILE")];
  if (path === undefined) return password;
  if (password !== undefined) {
    const hint = "Give the password in one way only; the file is the better one.";
    throw wrongSetting("STORAGE_PASSWORD", "is set, and so is HOLDFAST_STORAGE_PASSWORD_FILE", hint);
  }
  const read = readPrivateFile(path);
  if (!read.ok) {
    const hint = "It has to be a file that the server's user can read and nobody else: chmod 600.";
    throw wrongSetting("STORAGE_PASSWORD_FILE", `names a file that is ${read.problem}`, hint, read.cause);
  }
  if (read.text !== "") return read.text;
  throw wrongSetting("STORAGE_PASSWORD_FILE", "names a file that is empty", "Write the password into it.");
}

/** A certificate is no secret: its file may be read by all. */
function authorityOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const hint = "Name a file with the certificate, in PEM, of the authority that vouches for the database.";
    throw wrongSetting("STORAGE_CA_FILE", "names a file that cannot be read", hint, cause);
  }
}

function numberOf(setting: ReadSetting, name: string): number | undefined {
  const text = setting(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongSetting(name, "is not a whole number", "Write digits alone.");
}

function switchOf(setting: ReadSetting, name: string): boolean | undefined {
  const text = setting(name);
  if (text === undefined) return undefined;
  const isOn = SWITCHES[text];
  if (isOn !== undefined) return isOn;
  throw wrongSetting(name, "is neither on nor off", "off is for databases that lack it, such as CockroachDB.");
}
