/** What told of a process: a kernel interface, or the look at /proc that stands in for one. */
export type ProcessSourceName = "connector" | "audit" | "ebpf" | "polling";

/**
 * Something that happened to a process, as a source tells it. Only `type`, `source`, `pid` and `timeMs` are certain;
 * what a source does not know is read from /proc, while the process is still there.
 */
export interface ProcessEvent {
  /** exec: a program begins; fork: a process begins; exit: it ended; found: seen without its start. */
  readonly type: "exec" | "fork" | "exit" | "found";
  readonly source: ProcessSourceName;
  /** Process id (thread group id) in the agent's own pid namespace. */
  readonly pid: number;
  readonly parent?: number;
  /** The kernel's own time of the event on its clock since boot; orders events of one source. */
  readonly timeNs?: bigint;
  /** Unix time of the event. */
  readonly timeMs: number;
  /** Exit only: the code, or 128 + signal. */
  readonly exitCode?: number;
  /** Name as the kernel has it (15 bytes). */
  readonly name?: string;
  /** File that is executed. */
  readonly path?: string;
  /**
   * Arguments as /proc/<pid>/cmdline has them, with NUL between them (joined by blanks where the source has them only
   * so). Not masked: that is done where they are kept.
   */
  readonly cmdline?: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly euid?: number;
  readonly egid?: number;
  /** User who logged in; absent or -1 when none. */
  readonly auid?: number;
}

/** The part of a source of events that the tracker needs; packages/agent/src/sources has them. */
export interface ProcessEventSource {
  readonly name: ProcessSourceName;
  /** Calls `emit` for each event, in order, and `lose` for events that are known to be gone. */
  start(emit: (event: ProcessEvent) => void, lose: (count: number, reason: string) => void): Promise<unknown>;
  stop(): Promise<void>;
  /** Told of each process that was found by looking, while no source of the kernel's tells of any. */
  found?(event: ProcessEvent): void;
}
