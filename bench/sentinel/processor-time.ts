import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Processor time, user and system, of a process: its own, and that of children which it has waited for. */
interface Times {
  readonly own: number;
  readonly ofEnded: number;
}

/** Processor time of all children of this process that have ended, in steps of 10 ms. */
export function endedChildrenSeconds(): number {
  return timesOf("self").ofEnded;
}

/** A process and everything that it has started and that still runs. */
export function familyOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

/** What a process and its family have taken so far: those that have ended are counted by who waited for them. */
export function familySeconds(pid: number): number {
  return familyOf(pid)
    .map((member) => timesOf(member))
    .reduce((sum, { own, ofEnded }) => sum + own + ofEnded, 0);
}

/** Children belong to the thread that started them. */
function childrenOf(pid: number): readonly number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "latin1"));
    return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

/** Nothing for a process that has ended: whoever waited for it has its time. */
function timesOf(pid: number | "self"): Times {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; fields 14 to 17 of proc(5) are counted from behind it.
    const [user, system, endedUser, endedSystem] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
      .map(Number) as [number, number, number, number];
    return { own: (user + system) / ticksPerSecond, ofEnded: (endedUser + endedSystem) / ticksPerSecond };
  } catch {
    return { own: 0, ofEnded: 0 };
  }
}
