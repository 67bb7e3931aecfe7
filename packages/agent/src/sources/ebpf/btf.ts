/** Layout of Documentation/bpf/btf.rst in the kernel's sources. */
const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;
const MEMBER_BYTES = 12;
/** Some ten times what kernels have. */
const MAX_TYPES = 2_000_000;
const MAX_DEPTH = 8;

const STRUCT = 4;
const UNION = 5;

/** Bytes that follow a type, by its kind: a fixed number, and a number for each member. */
const trailers: Readonly<Record<number, { fixed: number; each: number }>> = {
  1: { fixed: 4, each: 0 }, // int
  3: { fixed: 12, each: 0 }, // array
  [STRUCT]: { fixed: 0, each: MEMBER_BYTES },
  [UNION]: { fixed: 0, each: MEMBER_BYTES },
  6: { fixed: 0, each: 8 }, // enum
  13: { fixed: 0, each: 8 }, // function prototype
  14: { fixed: 4, each: 0 }, // variable
  15: { fixed: 0, each: 12 }, // section
  17: { fixed: 4, each: 0 }, // tag of a declaration
  19: { fixed: 0, each: 12 }, // enum of 64 bits
};
const LAST_KIND = 19;

/** Where members stand in the structures of one kernel, as its type information says (/sys/kernel/btf/vmlinux). */
export class KernelTypes {
  readonly #bytes: Buffer;
  readonly #stringsAt: number;
  /** Where each type stands; number 0 is void. */
  readonly #typeAt: number[] = [0];
  /** First structure of each name that was asked for. */
  readonly #structures = new Map<string, number>();

  /** Reads what it needs of the structures named; throws when the bytes are no type information. */
  constructor(bytes: Buffer, names: ReadonlySet<string>) {
    if (bytes.length < HEADER_BYTES || bytes.readUInt16LE(0) !== MAGIC) throw new Error("no kernel type information");
    const headerBytes = bytes.readUInt32LE(4);
    const typesAt = headerBytes + bytes.readUInt32LE(8);
    this.#bytes = bytes;
    this.#stringsAt = headerBytes + bytes.readUInt32LE(16);
    this.#index(typesAt, typesAt + bytes.readUInt32LE(12), names);
  }

  /** Offset of a member in bytes, also when it stands in an unnamed part; undefined when this kernel has no such member. */
  offsetOf(structure: string, member: string): number | undefined {
    const at = this.#structures.get(structure);
    return at === undefined ? undefined : this.#find(at, member, MAX_DEPTH);
  }

  #index(from: number, end: number, names: ReadonlySet<string>): void {
    if (end > this.#bytes.length) throw new Error("kernel type information is cut off");
    for (let at = from; at + TYPE_BYTES <= end && this.#typeAt.length < MAX_TYPES; ) {
      const { kind, members } = this.#info(at);
      if (kind > LAST_KIND) throw new Error(`kernel type information has an unknown kind ${kind}`);
      this.#typeAt.push(at);
      if (kind === STRUCT && members > 0) this.#name(at, names);
      const { fixed, each } = trailers[kind] ?? { fixed: 0, each: 0 };
      at += TYPE_BYTES + fixed + each * members;
    }
  }

  #name(at: number, names: ReadonlySet<string>): void {
    const name = this.#string(this.#bytes.readUInt32LE(at));
    if (names.has(name) && !this.#structures.has(name)) this.#structures.set(name, at);
  }

  #find(at: number, wanted: string, depth: number): number | undefined {
    const { kind, members, isBitfield } = this.#info(at);
    if ((kind !== STRUCT && kind !== UNION) || depth === 0) return undefined;
    for (let index = 0; index < members; index += 1) {
      const memberAt = at + TYPE_BYTES + index * MEMBER_BYTES;
      if (memberAt + MEMBER_BYTES > this.#bytes.length) return undefined;
      const raw = this.#bytes.readUInt32LE(memberAt + 8);
      const offset = (isBitfield ? raw & 0xff_ffff : raw) / 8;
      const name = this.#string(this.#bytes.readUInt32LE(memberAt));
      if (name === wanted) return Number.isInteger(offset) ? offset : undefined;
      const partAt = name === "" ? this.#typeAt[this.#bytes.readUInt32LE(memberAt + 4)] : undefined;
      const inner = partAt ? this.#find(partAt, wanted, depth - 1) : undefined;
      if (inner !== undefined) return offset + inner;
    }
    return undefined;
  }

  #info(at: number): { kind: number; members: number; isBitfield: boolean } {
    const info = this.#bytes.readUInt32LE(at + 4);
    return { kind: (info >>> 24) & 0x1f, members: info & 0xffff, isBitfield: info >>> 31 === 1 };
  }

  #string(offset: number): string {
    const start = this.#stringsAt + offset;
    const end = this.#bytes.indexOf(0, start);
    return start >= this.#bytes.length || end < 0 ? "" : this.#bytes.toString("latin1", start, end);
  }
}
