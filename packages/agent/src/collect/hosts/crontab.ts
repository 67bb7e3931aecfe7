import { readdir } from "node:fs/promises";
import type { Row } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import type { Collector } from "../collector.ts";
import { maskText } from "../mask/mask.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_FILES = 1_000;
const MAX_COMMAND = 4_096;

/** Tables in which a user stands behind the times. */
const SYSTEM_TABLES = ["etc/crontab"];
const SYSTEM_FOLDERS = ["etc/cron.d"];
/** Tables that are named after their users: Debian and others, Red Hat and others. */
const SPOOLS = ["var/spool/cron/crontabs", "var/spool/cron"];
/** Folders of scripts that run so often. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "etc/cron.hourly": "@hourly",
  "etc/cron.daily": "@daily",
  "etc/cron.weekly": "@weekly",
  "etc/cron.monthly": "@monthly",
};

const FIELD_NAMES = ["minute", "hour", "day_of_month", "month", "day_of_week"] as const;
const noTimes = { minute: "", hour: "", day_of_month: "", month: "", day_of_week: "" };

/** Jobs of a table (crontab(5)). `user`: whose it is; undefined when each line says so. */
export function parseCrontab(text: string, path: string, user: string | undefined): Row[] {
  return text.split("\n").flatMap((line) => {
    const trimmed = line.trim();
    // Settings of the environment have a name and a sign, and no times.
    if (trimmed === "" || trimmed.startsWith("#") || /^[\w"']+\s*=/.test(trimmed)) return [];
    const words = trimmed.split(/\s+/, 7);
    const event = trimmed.startsWith("@") ? (words[0] ?? "") : "";
    const times = event === "" ? FIELD_NAMES.length : 1;
    const username = user ?? words[times] ?? "";
    const command = behindWords(trimmed, times + (user === undefined ? 1 : 0)).slice(0, MAX_COMMAND);
    if (command === "") return [];
    return [{ ...timesOf(event, words), event, username, command: maskText(command), path }];
  });
}

function timesOf(event: string, words: readonly string[]): Record<(typeof FIELD_NAMES)[number], string> {
  if (event !== "") return noTimes;
  const [minute = "", hour = "", day_of_month = "", month = "", day_of_week = ""] = words;
  return { minute, hour, day_of_month, month, day_of_week };
}

/** What stands behind so many words, with its own blanks. */
function behindWords(line: string, count: number): string {
  let at = 0;
  for (let word = 0; word < count; word++) {
    while (at < line.length && !isBlank(line[at])) at++;
    while (at < line.length && isBlank(line[at])) at++;
  }
  return line.slice(at);
}

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** Scheduled jobs of cron: tables of the system and of users, and scripts in folders. */
export function crontabCollector(root: string, intervalSeconds = 30): Collector {
  return {
    name: "crontab",
    intervalSeconds,
    collect: async () => [{ table: "crontab", snapshot: await readJobs(root) }],
  };
}

async function readJobs(root: string): Promise<Row[]> {
  const inFolders = await Promise.all(SYSTEM_FOLDERS.map((folder) => filesIn(root, folder)));
  const system = [...SYSTEM_TABLES, ...inFolders.flat()];
  const spools = (await Promise.all(SPOOLS.map((folder) => filesIn(root, folder)))).flat();
  const jobs: Row[] = [];
  for (const path of system) jobs.push(...(await jobsIn(root, path, undefined)));
  for (const path of spools) jobs.push(...(await jobsIn(root, path, path.slice(path.lastIndexOf("/") + 1))));
  for (const [folder, event] of Object.entries(SCRIPTS)) {
    for (const path of await filesIn(root, folder)) {
      jobs.push({ ...noTimes, event, username: "root", command: `/${path}`, path: `/${path}` });
    }
  }
  return jobs;
}

async function jobsIn(root: string, path: string, user: string | undefined): Promise<Row[]> {
  const file = await readBounded(`${root}/${path}`, { maxBytes: MAX_BYTES });
  return parseCrontab(file?.text ?? "", `/${path}`, user);
}

/** Files that cron itself would look at; a folder that is not there has none. */
async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(`${root}/${folder}`, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  return names
    .sort()
    .slice(0, MAX_FILES)
    .map((name) => `${folder}/${name}`);
}
