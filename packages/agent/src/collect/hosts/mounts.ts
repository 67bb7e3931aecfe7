import type { Row } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import type { Collector } from "../collector.ts";
import { maskText } from "../mask/mask.ts";

const MAX_BYTES = 8 * 1024 * 1024;

/** Rows of /proc/<pid>/mountinfo (proc_pid_mountinfo(5)); what is optional ends with a dash of its own. */
export function parseMountinfo(text: string): Row[] {
  const rows = text.split("\n").flatMap((line): Row[] => {
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const path = fields[4];
    const [type, device, superOptions = ""] = dash < 0 ? [] : fields.slice(dash + 1);
    if (path === undefined || type === undefined || device === undefined) return [];
    const options = [...(fields[5] ?? "").split(","), ...superOptions.split(",")];
    const flags = maskText([...new Set(options)].filter(Boolean).join(","));
    return [{ device: unescaped(device), path: unescaped(path), type, flags }];
  });
  // The same thing may be mounted upon itself: the mount on top is what is seen.
  return [...new Map(rows.map((row) => [`${row["path"]}\0${row["device"]}`, row])).values()];
}

/** Blanks, tabs, line ends and backslashes are written as octal numbers. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Mounted file systems, as the agent sees them. */
export function mountsCollector(proc: string, intervalSeconds = 30): Collector {
  return {
    name: "mounts",
    intervalSeconds,
    async collect() {
      const file = await readBounded(`${proc}/self/mountinfo`, { maxBytes: MAX_BYTES });
      return [{ table: "mounts", snapshot: parseMountinfo(file?.text ?? "") }];
    },
  };
}
