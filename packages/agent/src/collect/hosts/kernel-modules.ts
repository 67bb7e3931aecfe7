import type { Row } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import type { Collector } from "../collector.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** Rows of /proc/modules (proc_modules(5)): name, size, uses, users, state, address. */
export function parseModules(text: string): Row[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", size = "", , users = "", status = "", address = ""] = line.split(" ");
    if (name === "" || !/^\d+$/.test(size)) return [];
    const used_by = users === "-" ? "" : users.replace(/,$/, "");
    return [{ name, size: Number(size), used_by, status, address }];
  });
}

/** Kernel modules that are loaded. */
export function kernelModulesCollector(proc: string, intervalSeconds = 15): Collector {
  return {
    name: "kernel_modules",
    intervalSeconds,
    async collect() {
      const file = await readBounded(`${proc}/modules`, { maxBytes: MAX_BYTES });
      return [{ table: "kernel_modules", snapshot: parseModules(file?.text ?? "") }];
    },
  };
}
