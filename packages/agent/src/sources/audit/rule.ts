/** struct audit_rule_data of <linux/audit.h>: flags, action, count, mask[64], fields[64], values[64], flags[64], length. */
const MASK_AT = 12;
const WORDS = 64;
const FIELDS_AT = MASK_AT + WORDS * 4;
const VALUES_AT = FIELDS_AT + WORDS * 4;
const OPERATORS_AT = VALUES_AT + WORDS * 4;
const LENGTH_AT = OPERATORS_AT + WORDS * 4;
const STRINGS_AT = LENGTH_AT + 4;

const AUDIT_FILTER_EXIT = 4;
const AUDIT_ALWAYS = 2;
const AUDIT_EQUAL = 0x4000_0000;
const AUDIT_BIT_MASK = 0x0800_0000;
const AUDIT_PID = 0;
const AUDIT_ARCH = 11;
const AUDIT_SUCCESS = 104;
const AUDIT_ARG0 = 200;
const AUDIT_FILTERKEY = 210;
/** The signal that a child sends at its end: threads send none. */
const CSIGNAL = 0xff;

/** What a system call does to processes; `beat` is one that does nothing, which the source calls to hear itself. */
export type AuditedAct = "exec" | "fork" | "exit" | "beat";

interface Interface {
  readonly architecture: number;
  readonly exec: readonly number[];
  /** clone(2), of which threads are made too: those are filtered out. clone3(2) hides what it makes, and is left out. */
  readonly clone: readonly number[];
  readonly fork: readonly number[];
  readonly exit: readonly number[];
  readonly beat: readonly number[];
}

/** System calls by number, for programs of 64 and of 32 bits; `beat` is sched_get_priority_max(2). */
const interfaces: Partial<Record<NodeJS.Architecture, readonly [Interface, Interface]>> = {
  x64: [
    { architecture: 0xc000_003e, exec: [59, 322], clone: [56], fork: [57, 58], exit: [231], beat: [146] },
    { architecture: 0x4000_0003, exec: [11, 358], clone: [120], fork: [2, 190], exit: [252], beat: [] },
  ],
  arm64: [
    { architecture: 0xc000_00b7, exec: [221, 281], clone: [220], fork: [], exit: [94], beat: [125] },
    { architecture: 0x4000_0028, exec: [11, 387], clone: [120], fork: [2, 190], exit: [248], beat: [] },
  ],
};

/** A rule of ours, in the kernel's form. Kernels that run no programs of 32 bits refuse those for them. */
export interface AuditRule {
  readonly bytes: Buffer;
  readonly isRequired: boolean;
}

interface Condition {
  readonly field: number;
  readonly value: number;
  readonly operator?: number;
}

/** The rules that have the kernel tell of processes, each with this key; empty on architectures that are not known. */
export function auditRules(key: string, self: number, platform = process.arch): AuditRule[] {
  return (interfaces[platform] ?? []).flatMap(({ architecture, exec, clone, fork, exit, beat }, index) => {
    const arch = { field: AUDIT_ARCH, value: architecture };
    const isDone = { field: AUDIT_SUCCESS, value: 1 };
    const isProcess = { field: AUDIT_ARG0, value: CSIGNAL, operator: AUDIT_BIT_MASK };
    const rules: readonly (readonly [readonly number[], readonly Condition[]])[] = [
      [exec, [arch, isDone]],
      [clone, [arch, isProcess, isDone]],
      [fork, [arch, isDone]],
      [exit, [arch]],
      [beat, [arch, { field: AUDIT_PID, value: self }]],
    ];
    return rules
      .filter(([calls]) => calls.length > 0)
      .map(([calls, conditions]) => ({ bytes: encodeRule(calls, conditions, key), isRequired: index === 0 }));
  });
}

/** What a system call does, by the architecture and number that a record names; undefined for those not asked for. */
export function auditedAct(architecture: number, call: number, platform = process.arch): AuditedAct | undefined {
  const found = interfaces[platform]?.find((known) => known.architecture === architecture);
  if (found === undefined) return undefined;
  if (found.exec.includes(call)) return "exec";
  if (found.clone.includes(call) || found.fork.includes(call)) return "fork";
  if (found.exit.includes(call)) return "exit";
  return found.beat.includes(call) ? "beat" : undefined;
}

/** Number of the system call that does nothing. */
export function beatCall(platform = process.arch): number | undefined {
  return interfaces[platform]?.[0].beat[0];
}

function encodeRule(calls: readonly number[], conditions: readonly Condition[], key: string): Buffer {
  const all = [...conditions, { field: AUDIT_FILTERKEY, value: key.length, operator: AUDIT_EQUAL }];
  const bytes = Buffer.alloc(STRINGS_AT + key.length);
  bytes.writeUInt32LE(AUDIT_FILTER_EXIT, 0);
  bytes.writeUInt32LE(AUDIT_ALWAYS, 4);
  bytes.writeUInt32LE(all.length, 8);
  for (const call of calls) {
    const at = MASK_AT + Math.floor(call / 32) * 4;
    bytes.writeUInt32LE((bytes.readUInt32LE(at) | (1 << (call % 32))) >>> 0, at);
  }
  all.forEach(({ field, value, operator = AUDIT_EQUAL }, index) => {
    bytes.writeUInt32LE(field, FIELDS_AT + index * 4);
    bytes.writeUInt32LE(value, VALUES_AT + index * 4);
    bytes.writeUInt32LE(operator, OPERATORS_AT + index * 4);
  });
  bytes.writeUInt32LE(key.length, LENGTH_AT);
  bytes.write(key, STRINGS_AT, "latin1");
  return bytes;
}

/** The key of a rule in the kernel's form; undefined when it has none. Never throws. */
export function keyOfRule(bytes: Buffer): string | undefined {
  if (bytes.length < STRINGS_AT) return undefined;
  const count = Math.min(bytes.readUInt32LE(8), WORDS);
  // Texts of all fields stand behind one another: only those before the key count.
  let at = STRINGS_AT;
  for (let index = 0; index < count; index += 1) {
    const field = bytes.readUInt32LE(FIELDS_AT + index * 4);
    const value = bytes.readUInt32LE(VALUES_AT + index * 4);
    if (field === AUDIT_FILTERKEY) return bytes.toString("latin1", at, Math.min(at + value, bytes.length));
    if (textFields.has(field)) at += value;
  }
  return undefined;
}

/** Fields whose value is the length of a text: labels of subject and object, watch, folder, program. */
const textFields: ReadonlySet<number> = new Set([13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 105, 107, 112]);
