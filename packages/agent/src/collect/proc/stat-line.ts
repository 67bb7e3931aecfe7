/** What is looked at of /proc/<pid>/stat (proc_pid_stat(5)); one object is filled again and again. */
export interface StatLine {
  /** Sum over the bytes of the name: another one means another name. */
  nameSum: number;
  /** Where the name stands in the bytes. */
  nameStart: number;
  nameEnd: number;
  /** Character code of the state letter. */
  state: number;
  parent: number;
  group: number;
  /** PF_ flags of the kernel. */
  flags: number;
  userTicks: number;
  systemTicks: number;
  nice: number;
  threads: number;
  /** Clock ticks after boot: with the pid, it tells one process from every other. */
  startTicks: number;
  virtualBytes: number;
  residentPages: number;
  /** Bottom of the stack: drawn anew when a program is executed. 0 for those whom the kernel does not show it. */
  stackStart: number;
  /** Wait status of a process that ended; 0 for those whom the kernel does not show it. */
  exitStatus: number;
}

export function emptyStatLine(): StatLine {
  return {
    nameSum: 0,
    nameStart: 0,
    nameEnd: 0,
    state: 0,
    parent: 0,
    group: 0,
    flags: 0,
    userTicks: 0,
    systemTicks: 0,
    nice: 0,
    threads: 0,
    startTicks: 0,
    virtualBytes: 0,
    residentPages: 0,
    stackStart: 0,
    exitStatus: 0,
  };
}

const OPEN = 0x28;
const CLOSE = 0x29;
const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Names have 15 bytes, those of kernel workers up to 63; nothing behind them holds a parenthesis. */
const NAME_REACH = 96;
/** Fields 52 and 3, counted from the one behind the name. */
const LAST_FIELD = 49;
const STATE_FIELD = 0;

/** Field numbers of the manual, less three. */
const PARENT = 1;
const GROUP = 2;
const FLAGS = 6;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const NICE = 16;
const THREADS = 17;
const START_TICKS = 19;
const VIRTUAL_BYTES = 20;
const RESIDENT_PAGES = 21;
const STACK_START = 25;

const PF_KTHREAD = 0x0020_0000;

/** A thread of the kernel's own: it runs no program, and nothing that is read of it otherwise ever changes. */
export function isKernelThread({ flags }: StatLine): boolean {
  return (flags & PF_KTHREAD) !== 0;
}

/**
 * Reads the bytes of a stat line without making a string of them: a name may hold blanks and parentheses, so the fields
 * begin behind the last one. False when the bytes are no stat line.
 */
export function parseStatLine(bytes: Uint8Array, length: number, line: StatLine): boolean {
  const open = bytes.indexOf(OPEN);
  let close = Math.min(length, open + NAME_REACH) - 1;
  while (close > open && bytes[close] !== CLOSE) close--;
  if (open < 0 || close <= open) return false;
  line.nameStart = open + 1;
  line.nameEnd = close;
  line.nameSum = sumOf(bytes, open + 1, close);
  return parseFields(bytes, close + 2, length, line);
}

function parseFields(bytes: Uint8Array, start: number, length: number, line: StatLine): boolean {
  let field = STATE_FIELD;
  for (let at = start; at < length && field <= LAST_FIELD; at++) {
    if (field === STATE_FIELD) line.state = bytes[at] as number;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    let number = 0;
    let byte = bytes[at] as number;
    while (at < length && byte > BLANK) {
      number = number * 10 + byte - ZERO;
      byte = bytes[++at] as number;
    }
    setField(line, field++, isNegative ? -number : number);
  }
  // Older kernels have fewer fields behind the stack; without it this is no such line.
  return field > STACK_START;
}

function setField(line: StatLine, field: number, value: number): void {
  if (field === PARENT) line.parent = value;
  else if (field === GROUP) line.group = value;
  else if (field === FLAGS) line.flags = value;
  else if (field === USER_TICKS) line.userTicks = value;
  else if (field === SYSTEM_TICKS) line.systemTicks = value;
  else if (field === NICE) line.nice = value;
  else if (field === THREADS) line.threads = value;
  else if (field === START_TICKS) line.startTicks = value;
  else if (field === VIRTUAL_BYTES) line.virtualBytes = value;
  else if (field === RESIDENT_PAGES) line.residentPages = value;
  else if (field === STACK_START) line.stackStart = value;
  else if (field === LAST_FIELD) line.exitStatus = value;
}

/** FNV-1a, which is enough to see that a name is another one. */
function sumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0x811c9dc5;
  for (let at = start; at < end; at++) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
  return sum >>> 0;
}
