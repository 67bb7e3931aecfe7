import { Assembly, type Register } from "./assembly.ts";
import type { Member, Offsets } from "./offsets.ts";
import { recordKinds, recordLayout } from "./record.ts";

/** Helpers of the kernel, by their numbers in <linux/bpf.h>. */
const helpers = {
  mapLookup: 1,
  probeReadUser: 112,
  probeReadKernel: 113,
  probeReadKernelString: 115,
  bootTime: 125,
  ringOutput: 130,
} as const;

/** Descriptors of what the programs write to. */
export interface ProgramMaps {
  /** The ring that records go to. */
  readonly ring: number;
  /** Per processor, a record for each kind: too large for the frame, and put into the ring at the length that it has. */
  readonly scratch: number;
  /** An array whose first 64 bit value counts the records that found no room. */
  readonly lost: number;
}

/** A program, and the tracepoint it stands at. */
export interface TracepointProgram {
  readonly tracepoint: string;
  readonly code: Buffer;
}

/** What the programs keep in registers over all calls. */
const TASK: Register = 6;
const BINARY: Register = 7;
const RECORD: Register = 8;
const BYTES: Register = 9;
const FRAME: Register = 10;
/** Places in the frame. */
const POINTER_AT = -8;
const ARGUMENTS_FROM_AT = -16;
const ARGUMENTS_TO_AT = -24;
const NUMBER_AT = -32;

/** Writes the programs for a kernel; `self` is the process whose renaming is told of. */
export function tracepointPrograms(offsets: Offsets, maps: ProgramMaps, self: number): TracepointProgram[] {
  const writer = new ProgramWriter(offsets, maps);
  return [
    { tracepoint: "sched_process_exec", code: writer.exec() },
    { tracepoint: "sched_process_fork", code: writer.fork() },
    { tracepoint: "sched_process_exit", code: writer.exit() },
    { tracepoint: "task_rename", code: writer.rename(self) },
  ];
}

class ProgramWriter {
  readonly #at: Offsets["required"];
  readonly #loginuid: number | undefined;
  readonly #maps: ProgramMaps;

  constructor(offsets: Offsets, maps: ProgramMaps) {
    this.#at = offsets.required;
    this.#loginuid = offsets.loginuid;
    this.#maps = maps;
  }

  /** sched_process_exec(task, old pid, binary): path of what is loaded, which for a script is its interpreter; arguments. */
  exec(): Buffer {
    const code = new Assembly().load64(TASK, 1, 0).load64(BINARY, 1, 16);
    this.#begin(code, recordKinds.exec);
    this.#readPointer(code, BINARY, this.#at["linux_binprm.interp"]);
    code
      .move(1, RECORD)
      .addConstant(1, recordLayout.path)
      .set(2, recordLayout.maxPathBytes)
      .load64(3, FRAME, POINTER_AT);
    code.call(helpers.probeReadKernelString).store32(RECORD, recordLayout.pathLength, 0);
    this.#readArguments(code);
    return this.#end(code);
  }

  /** sched_process_fork(parent, child), for threads too, which are no processes. */
  fork(): Buffer {
    const code = new Assembly().load64(TASK, 1, 8);
    this.#read(code, NUMBER_AT, 4, TASK, this.#at["task_struct.pid"]);
    this.#read(code, NUMBER_AT + 4, 4, TASK, this.#at["task_struct.tgid"]);
    code
      .load32(1, FRAME, NUMBER_AT)
      .load32(2, FRAME, NUMBER_AT + 4)
      .jumpIfDifferent(1, 2, "done");
    this.#begin(code, recordKinds.fork);
    return this.#end(code);
  }

  /** sched_process_exit(task), for each thread: the process ends with the last one. */
  exit(): Buffer {
    const code = new Assembly().load64(TASK, 1, 0);
    this.#readPointer(code, TASK, this.#at["task_struct.signal"]);
    code.load64(BINARY, FRAME, POINTER_AT);
    this.#read(code, NUMBER_AT, 4, BINARY, this.#at["signal_struct.live"]);
    code.load32(1, FRAME, NUMBER_AT).jumpIfNotEqual(1, 0, "done");
    this.#begin(code, recordKinds.exit);
    this.#copy(code, recordLayout.exitStatus, 4, TASK, this.#at["task_struct.exit_code"]);
    return this.#end(code);
  }

  /** task_rename(task, name): the sign of life that the source asks for. */
  rename(self: number): Buffer {
    const code = new Assembly().load64(TASK, 1, 0);
    this.#read(code, NUMBER_AT, 4, TASK, this.#at["task_struct.tgid"]);
    code.load32(1, FRAME, NUMBER_AT).jumpIfNotEqual(1, self, "done");
    this.#begin(code, recordKinds.renamed);
    return this.#end(code);
  }

  /** Fills in what records of all kinds have. */
  #begin(code: Assembly, kind: number): void {
    code.set(1, kind).store32(FRAME, NUMBER_AT, 1);
    code.map(1, this.#maps.scratch).move(2, FRAME).addConstant(2, NUMBER_AT).call(helpers.mapLookup);
    code.jumpIfEqual(0, 0, "lost").move(RECORD, 0).storeConstant32(RECORD, recordLayout.kind, kind);
    code.set(BYTES, recordLayout.shortBytes);
    code.call(helpers.bootTime).store64(RECORD, recordLayout.timeNs, 0);
    this.#copy(code, recordLayout.pid, 4, TASK, this.#at["task_struct.tgid"]);
    this.#copy(code, recordLayout.name, 16, TASK, this.#at["task_struct.comm"]);
    this.#copyThrough(code, "task_struct.real_parent", [["task_struct.tgid", recordLayout.parent, 4]]);
    this.#copyThrough(code, "task_struct.group_leader", [["task_struct.start_boottime", recordLayout.startNs, 8]]);
    this.#copyThrough(code, "task_struct.cred", [
      ["cred.uid", recordLayout.uid, 4],
      ["cred.gid", recordLayout.gid, 4],
      ["cred.euid", recordLayout.euid, 4],
      ["cred.egid", recordLayout.egid, 4],
    ]);
    if (this.#loginuid === undefined) code.storeConstant32(RECORD, recordLayout.auid, -1);
    else this.#copy(code, recordLayout.auid, 4, TASK, this.#loginuid);
  }

  #end(code: Assembly): Buffer {
    code.map(1, this.#maps.ring).move(2, RECORD).move(3, BYTES).set(4, 0).call(helpers.ringOutput);
    code.jumpIfNotEqual(0, 0, "lost");
    code.label("done").set(0, 0).exit();
    code.label("lost").set(1, 0).store32(FRAME, NUMBER_AT, 1);
    code.map(1, this.#maps.lost).move(2, FRAME).addConstant(2, NUMBER_AT).call(helpers.mapLookup);
    code.jumpIfEqual(0, 0, "done").set(1, 1).atomicAdd64(0, 0, 1).set(0, 0).exit();
    return code.assemble();
  }

  /** The arguments stand in the memory that the program begins with; nobody has touched them yet. */
  #readArguments(code: Assembly): void {
    this.#readPointer(code, TASK, this.#at["task_struct.mm"]);
    code.load64(BINARY, FRAME, POINTER_AT);
    this.#read(code, ARGUMENTS_FROM_AT, 8, BINARY, this.#at["mm_struct.arg_start"]);
    this.#read(code, ARGUMENTS_TO_AT, 8, BINARY, this.#at["mm_struct.arg_end"]);
    code.load64(3, FRAME, ARGUMENTS_FROM_AT).load64(2, FRAME, ARGUMENTS_TO_AT).subtract(2, 3);
    code.store32(RECORD, recordLayout.argumentsLength, 2);
    code.jumpIfAtMost(2, recordLayout.maxArgumentBytes, "bounded").set(2, recordLayout.maxArgumentBytes);
    code.label("bounded").move(BYTES, 2).addConstant(BYTES, recordLayout.arguments);
    code.move(1, RECORD).addConstant(1, recordLayout.arguments);
    code.call(helpers.probeReadUser).store32(RECORD, recordLayout.argumentsResult, 0);
  }

  /** Copies members of what a pointer of the task points to into the record. */
  #copyThrough(code: Assembly, pointer: Member, copies: readonly (readonly [Member, number, number])[]): void {
    this.#readPointer(code, TASK, this.#at[pointer]);
    for (const [member, to, bytes] of copies) {
      code.move(1, RECORD).addConstant(1, to).set(2, bytes);
      code.load64(3, FRAME, POINTER_AT).addConstant(3, this.#at[member]).call(helpers.probeReadKernel);
    }
  }

  #copy(code: Assembly, to: number, bytes: number, from: Register, offset: number): void {
    code.move(1, RECORD).addConstant(1, to).set(2, bytes);
    code.move(3, from).addConstant(3, offset).call(helpers.probeReadKernel);
  }

  #readPointer(code: Assembly, from: Register, offset: number): void {
    this.#read(code, POINTER_AT, 8, from, offset);
  }

  /** Reads kernel memory into the frame. */
  #read(code: Assembly, to: number, bytes: number, from: Register, offset: number): void {
    code.move(1, FRAME).addConstant(1, to).set(2, bytes);
    code.move(3, from).addConstant(3, offset).call(helpers.probeReadKernel);
  }
}
