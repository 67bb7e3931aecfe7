import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ProcessEvent } from "../collect/index.ts";
import { auditSource } from "./audit/audit.ts";
import { connectorSource } from "./connector/connector.ts";
import { ebpfSource } from "./ebpf/ebpf.ts";
import type { EventSource } from "./event-source.ts";

/** The machine may be busy: how long something that comes for certain may take. */
const WAIT_MS = 30_000;

/** Where the kernel lets root say which number comes next (CONFIG_CHECKPOINT_RESTORE). */
const LAST_PID = "/proc/sys/kernel/ns_last_pid";

function canForce(): boolean {
  try {
    accessSync(LAST_PID, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a process that ends, and gives its number to another one at once, all while this process reads nothing. Others
 * may take the number in between, hence the attempts. Returns the number.
 */
function reuse(): number | undefined {
  const script = `
    for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      /bin/true first & pid=$!; wait $pid
      echo $((pid-1)) > ${LAST_PID}; /bin/sleep 0.3 >/dev/null 2>&1 &
      if [ $! = $pid ]; then echo $pid; exit; fi
    done`;
  const told = execFileSync("/bin/sh", ["-c", script]).toString().trim();
  return told === "" ? undefined : Number(told);
}

const makers = { connector: connectorSource, audit: auditSource, ebpf: ebpfSource } as const;

describe.each(Object.entries(makers))(
  "a number that goes from one process to another, told by %s",
  { timeout: 60_000 },
  (name, make) => {
    const obstacle = make().obstacle() ?? (canForce() ? undefined : `${LAST_PID} is not writable`);
    let source: EventSource | undefined;
    afterEach(async () => {
      await source?.stop();
    });

    it.skipIf(obstacle !== undefined)(
      `never makes one process of the two${obstacle === undefined ? "" : ` (not here: ${obstacle})`}`,
      async (context) => {
        const events: ProcessEvent[] = [];
        source = make();
        await source.start(
          (event) => events.push(event),
          () => {},
        );
        const pid = reuse();
        if (pid === undefined) context.skip("other processes took the number each time");
        const of = (type: ProcessEvent["type"]): ProcessEvent[] =>
          events.filter((event) => event.pid === pid && event.type === type);
        await vi.waitFor(() => expect([of("exec").length, of("exit").length]).toEqual([2, 2]), WAIT_MS);
        const [first, second] = of("exec");
        // What is told of the first is its own, or nothing: it was gone when it could be looked at.
        expect(first?.cmdline ?? "/bin/true\0first\0").toBe("/bin/true\0first\0");
        expect(first?.path ?? "/usr/bin/true").toMatch(/\/true$/);
        expect(second).toMatchObject({ cmdline: "/bin/sleep\0".concat("0.3\0") });
        expect(second?.path).toMatch(/\/sleep$/);
        expect(of("exit")[0]!.timeNs! <= second!.timeNs!).toBe(true);
        expect(name).toBe(first?.source);
      },
    );
  },
);
