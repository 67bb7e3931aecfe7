import { AuditArguments } from "./arguments.ts";
import { type AuditRecord, auditNumber, auditText, auditTypes, parseRecord } from "./record.ts";
import { type AuditedAct, auditedAct } from "./rule.ts";

/** What all records of one event say together. */
export interface AuditEvent {
  readonly act: AuditedAct;
  readonly unixMs: number;
  readonly pid: number;
  readonly parent?: number;
  readonly name?: string;
  readonly path?: string;
  readonly cwd?: string;
  readonly cmdline?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly euid?: number;
  readonly egid?: number;
  readonly auid?: number;
  /** What the call returned; for a fork the child, as its parent's pid namespace numbers it. */
  readonly result?: number;
  /** First argument of the call, its lower 32 bits. */
  readonly argument?: number;
}

interface Pending {
  syscall?: AuditRecord;
  cwd?: string | undefined;
  readonly arguments: AuditArguments;
}

/** Events that may be incomplete at a time: the kernel writes one after the other, on each processor. */
const MAX_PENDING = 512;
const NOBODY = 0xffff_ffff;

/** Gathers the records of each event by their serial number, until the kernel says that it has all of them. */
export class AuditAssembly {
  readonly #pending = new Map<number, Pending>();
  #broken = 0;

  /** Records that could not be read, and events that were given up, since the last question. */
  takeBroken(): number {
    const broken = this.#broken;
    this.#broken = 0;
    return broken;
  }

  /** Takes a record; gives the event that it completes. Never throws. */
  add(type: number, text: Buffer): AuditEvent | undefined {
    if (!wantedTypes.has(type)) return undefined;
    const record = parseRecord(text.toString("utf8"));
    if (record === undefined) {
      this.#broken += 1;
      return undefined;
    }
    if (type === auditTypes.endOfEvent) return this.#complete(record.serial);
    this.#gather(type, record);
    return undefined;
  }

  #gather(type: number, record: AuditRecord): void {
    const pending = this.#pending.get(record.serial) ?? { arguments: new AuditArguments() };
    this.#pending.set(record.serial, pending);
    if (type === auditTypes.syscall) pending.syscall = record;
    else if (type === auditTypes.execve) pending.arguments.add(record.fields);
    else pending.cwd = auditText(record.fields.get("cwd"));
    if (this.#pending.size <= MAX_PENDING) return;
    // Its end was lost.
    this.#pending.delete(this.#pending.keys().next().value ?? record.serial);
    this.#broken += 1;
  }

  #complete(serial: number): AuditEvent | undefined {
    const pending = this.#pending.get(serial);
    this.#pending.delete(serial);
    const { syscall } = pending ?? {};
    if (pending === undefined || syscall === undefined) return undefined;
    const act = actOf(syscall);
    const pid = auditNumber(syscall.fields.get("pid"));
    if (act === undefined || pid === undefined) return undefined;
    const { cwd } = pending;
    const cmdline = act === "exec" ? pending.arguments.cmdline() : undefined;
    return defined({ act, pid, unixMs: syscall.unixMs, ...whoOf(syscall), cwd, cmdline });
  }
}

const wantedTypes: ReadonlySet<number> = new Set(Object.values(auditTypes));

function actOf({ fields }: AuditRecord): AuditedAct | undefined {
  const architecture = auditNumber(fields.get("arch"), 16);
  const call = auditNumber(fields.get("syscall"));
  return architecture === undefined || call === undefined ? undefined : auditedAct(architecture, call);
}

function whoOf({ fields }: AuditRecord): Record<string, string | number | undefined> {
  const number = (name: string): number | undefined => auditNumber(fields.get(name));
  const auid = number("auid");
  return {
    parent: number("ppid"),
    name: auditText(fields.get("comm")),
    path: auditText(fields.get("exe")),
    uid: number("uid"),
    gid: number("gid"),
    euid: number("euid"),
    egid: number("egid"),
    auid: auid === NOBODY ? undefined : auid,
    result: number("exit"),
    argument: auditNumber(fields.get("a0")?.slice(-8), 16),
  };
}

/** Leaves out what is not known. */
function defined(
  event: Record<string, string | number | undefined> & Pick<AuditEvent, "act" | "pid" | "unixMs">,
): AuditEvent {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as unknown as AuditEvent;
}
