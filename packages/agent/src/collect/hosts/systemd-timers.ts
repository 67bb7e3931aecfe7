import { readdir, realpath } from "node:fs/promises";
import type { Row } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import type { Collector } from "../collector.ts";
import { maskText } from "../mask/mask.ts";

const MAX_BYTES = 256 * 1024;
const MAX_UNITS = 2_000;
const MAX_COMMAND = 4_096;

/** Where units stand (systemd.unit(5)), those that go first in front. */
const FOLDERS = [
  "etc/systemd/system",
  "run/systemd/system",
  "usr/local/lib/systemd/system",
  "usr/lib/systemd/system",
  "lib/systemd/system",
  "etc/systemd/user",
  "usr/lib/systemd/user",
];

const SCHEDULES: ReadonlySet<string> = new Set([
  "OnCalendar",
  "OnActiveSec",
  "OnBootSec",
  "OnStartupSec",
  "OnUnitActiveSec",
  "OnUnitInactiveSec",
]);

/** Settings of a unit file in their order (systemd.syntax(7)); lines that end with a backslash go on. */
export function parseUnit(text: string): [name: string, value: string][] {
  const joined = text.replace(/\\\r?\n/g, " ");
  return joined.split("\n").flatMap((line): [string, string][] => {
    const trimmed = line.trim();
    const sign = trimmed.indexOf("=");
    if (sign <= 0 || trimmed.startsWith("#") || trimmed.startsWith(";")) return [];
    return [[trimmed.slice(0, sign).trim(), trimmed.slice(sign + 1).trim()]];
  });
}

/** Timer units of systemd, as their files and what was dropped in beside them say. */
export function systemdTimersCollector(root: string, intervalSeconds = 60): Collector {
  return {
    name: "systemd_timers",
    intervalSeconds,
    collect: async () => [{ table: "systemd_timers", snapshot: await readTimers(root) }],
  };
}

async function readTimers(root: string): Promise<Row[]> {
  const folders = await distinctFolders(root);
  const timers: Row[] = [];
  for (const folder of folders) {
    for (const name of await timersIn(`${root}/${folder}`)) {
      if (timers.length >= MAX_UNITS) return timers;
      timers.push(await readTimer(root, folder, name, folders));
    }
  }
  return timers;
}

/** `/lib` is the same folder as `/usr/lib` on most systems. */
async function distinctFolders(root: string): Promise<string[]> {
  const real = await Promise.all(FOLDERS.map((folder) => realpath(`${root}/${folder}`).catch(() => undefined)));
  return FOLDERS.filter((_, index) => real[index] !== undefined && real.indexOf(real[index]) === index);
}

async function timersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".timer")).sort();
}

async function readTimer(root: string, folder: string, name: string, folders: readonly string[]): Promise<Row> {
  const settings = await settingsOf(root, folder, name);
  const schedules = settings.filter(([key, value]) => SCHEDULES.has(key) && value !== "");
  const unit = settings.findLast(([key]) => key === "Unit")?.[1] ?? name.replace(/\.timer$/, ".service");
  return {
    name,
    path: `/${folder}/${name}`,
    schedule: schedules.map(([key, value]) => `${key}=${value}`).join(" "),
    unit,
    command: await commandOf(root, unit, folders),
  };
}

/** What the unit starts, from the first folder that has it; a template stands for all its instances. */
async function commandOf(root: string, unit: string, folders: readonly string[]): Promise<string> {
  if (!/^[\w@:.\\-]+$/.test(unit)) return "";
  const template = unit.replace(/@[^.]*\./, "@.");
  for (const folder of folders) {
    for (const name of new Set([unit, template])) {
      const commands = valuesOf(await settingsOf(root, folder, name), "ExecStart");
      if (commands.length > 0) return maskText(commands.join("; ").slice(0, MAX_COMMAND));
    }
  }
  return "";
}

/** Values of a setting that is a list: an empty one takes away those before it. */
function valuesOf(settings: readonly [string, string][], key: string): string[] {
  const values = settings.filter(([name]) => name === key).map(([, value]) => value);
  return values.slice(values.lastIndexOf("") + 1);
}

async function settingsOf(root: string, folder: string, name: string): Promise<[string, string][]> {
  const path = `${root}/${folder}/${name}`;
  const added = (await readdir(`${path}.d`).catch(() => [])).filter((file) => file.endsWith(".conf")).sort();
  const files = [path, ...added.map((file) => `${path}.d/${file}`)];
  const texts = await Promise.all(files.map((file) => readBounded(file, { maxBytes: MAX_BYTES })));
  return texts.flatMap((file) => parseUnit(file?.text ?? ""));
}
