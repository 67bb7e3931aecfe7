import { describe, expect, it } from "vitest";
import { ExecLooks, type TimedEvent } from "./exec-looks.ts";
import type { ProcessLook } from "./look-at-process.ts";

const at = (timeNs: number, type: TimedEvent["type"], pid: number, more: Partial<TimedEvent> = {}): TimedEvent => ({
  type,
  source: "connector",
  pid,
  timeMs: 0,
  timeNs: BigInt(timeNs),
  ...more,
});

/** Looks that always find `found`, at a time that the test sets. */
function looks(found: ProcessLook | undefined = { path: "/usr/bin/seen", cmdline: "seen\0", name: "seen" }) {
  const clock = { now: 0 };
  const looked: number[] = [];
  const look = (event: TimedEvent): ProcessLook | undefined => {
    looked.push(event.pid);
    return found;
  };
  return { clock, looked, looks: new ExecLooks({ look, now: () => BigInt(clock.now) }) };
}

describe("looks at programs that begin", () => {
  it("fill in what the kernel did not tell", () => {
    const { clock, looks: held } = looks();
    clock.now = 20;
    held.add([at(10, "fork", 7), at(11, "exec", 7)]);
    expect(held.take()).toEqual([
      at(10, "fork", 7),
      at(11, "exec", 7, { path: "/usr/bin/seen", cmdline: "seen\0", name: "seen" }),
    ]);
    expect(held.take()).toEqual([]);
  });

  it("are not taken at a process that is known to have ended, or to have gone on to another program", () => {
    const { looked, looks: held } = looks();
    held.add([at(1, "exec", 7), at(2, "exit", 7), at(3, "exec", 8), at(4, "exec", 8), at(5, "exec", 9)]);
    expect(looked).toEqual([8, 9]);
    const [first, , early, late] = held.take();
    expect(first).toEqual(at(1, "exec", 7));
    expect(early).toEqual(at(3, "exec", 8));
    expect(late).toMatchObject({ path: "/usr/bin/seen" });
  });

  it("are thrown away when the process began another program before it was looked at", () => {
    const { clock, looks: held } = looks();
    clock.now = 20;
    held.add([at(10, "exec", 7)]);
    clock.now = 30;
    held.add([at(15, "exec", 7)]);
    expect(held.take()).toEqual([
      at(10, "exec", 7),
      at(15, "exec", 7, { path: "/usr/bin/seen", cmdline: "seen\0", name: "seen" }),
    ]);
  });

  it("are thrown away when the number went to another process before it was looked at", () => {
    const { clock, looks: held } = looks();
    clock.now = 20;
    held.add([at(10, "exec", 7)]);
    held.add([at(12, "exit", 7), at(15, "fork", 7)]);
    expect(held.take()[0]).toEqual(at(10, "exec", 7));
  });

  it("stand when the process went on later", () => {
    const { clock, looks: held } = looks();
    clock.now = 20;
    held.add([at(10, "exec", 7)]);
    clock.now = 30;
    held.add([at(25, "exec", 7)]);
    expect(held.take()[0]).toMatchObject({ path: "/usr/bin/seen" });
  });

  it("leave an event as it is when nothing is found", () => {
    const held = new ExecLooks({ look: () => undefined, now: () => 0n });
    held.add([at(1, "exec", 7)]);
    expect(held.take()).toEqual([at(1, "exec", 7)]);
  });

  it("add files in full to what the kernel told, and nothing else", () => {
    const { looks: held } = looks({ path: "/usr/bin/dash", cwd: "/srv", cmdline: "renamed\0", uid: 1, parent: 3 });
    held.add([at(1, "exec", 7, { path: "sh", cmdline: "sh\0-c\0", uid: 0, parent: 2 })]);
    const seen = { path: "/usr/bin/dash", cwd: "/srv", cmdline: "sh\0-c\0", uid: 0, parent: 2 };
    expect(held.take()).toEqual([at(1, "exec", 7, seen)]);
  });

  it("complete arguments that were too long for the kernel's record", () => {
    const { looks: held } = looks({ cmdline: "sh\0-c\0and more\0" });
    held.add([at(1, "exec", 7, { cmdline: "sh\0-c\0and" })]);
    expect(held.take()[0]).toMatchObject({ cmdline: "sh\0-c\0and more\0" });
  });
});
