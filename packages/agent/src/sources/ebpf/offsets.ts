import type { KernelTypes } from "./btf.ts";

/** Members that the programs read: where they stand differs from kernel to kernel. */
const members = {
  task_struct: [
    "tgid",
    "pid",
    "mm",
    "real_parent",
    "group_leader",
    "start_boottime",
    "cred",
    "comm",
    "exit_code",
    "signal",
  ],
  signal_struct: ["live"],
  mm_struct: ["arg_start", "arg_end"],
  cred: ["uid", "gid", "euid", "egid"],
  linux_binprm: ["interp"],
} as const;
type Structure = keyof typeof members;
/** A member, as structure.member. */
export type Member = { [S in Structure]: `${S}.${(typeof members)[S][number]}` }[Structure];

/** Offsets of all members; `loginuid` is only there in kernels with audit. */
export interface Offsets {
  readonly required: Readonly<Record<Member, number>>;
  readonly loginuid: number | undefined;
}

/** Structures whose layout is needed. */
export const structureNames: ReadonlySet<string> = new Set(Object.keys(members));

/** Looks up every offset; throws when this kernel does not have a member. */
export function findOffsets(types: KernelTypes): Offsets {
  const entries = Object.entries(members).flatMap(([structure, names]) =>
    names.map((name) => {
      const offset = types.offsetOf(structure, name);
      if (offset === undefined) throw new Error(`this kernel has no ${structure}.${name}`);
      return [`${structure}.${name}`, offset] as const;
    }),
  );
  return {
    required: Object.fromEntries(entries) as Record<Member, number>,
    loginuid: types.offsetOf("task_struct", "loginuid"),
  };
}
