/** Instructions of BPF (RFC 9669), as many as the programs of this folder need. A label is a string. */

const INSTRUCTION_BYTES = 8;
/** Marks the source of a 64 bit constant as a map's descriptor. */
const PSEUDO_MAP_DESCRIPTOR = 1;

/** r0 has results, r1 to r5 arguments, r6 to r9 stay over calls, r10 is the frame. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

interface Instruction {
  readonly code: number;
  readonly to?: Register;
  readonly from?: number;
  readonly offset?: number;
  readonly constant?: number;
  /** Where a jump goes; its offset is filled in at the end. */
  readonly target?: string;
}

/** Collects instructions; `assemble` gives their bytes. */
export class Assembly {
  readonly #instructions: Instruction[] = [];
  readonly #labels = new Map<string, number>();

  #add(...instructions: Instruction[]): this {
    this.#instructions.push(...instructions);
    return this;
  }

  /** to = from */
  move(to: Register, from: Register): this {
    return this.#add({ code: 0xbf, to, from });
  }

  /** to = constant, with its sign */
  set(to: Register, constant: number): this {
    return this.#add({ code: 0xb7, to, constant });
  }

  /** to += constant */
  addConstant(to: Register, constant: number): this {
    return this.#add({ code: 0x07, to, constant });
  }

  /** to -= from */
  subtract(to: Register, from: Register): this {
    return this.#add({ code: 0x1f, to, from });
  }

  /** to = 32 bits at from + offset */
  load32(to: Register, from: Register, offset: number): this {
    return this.#add({ code: 0x61, to, from, offset });
  }

  /** to = 64 bits at from + offset */
  load64(to: Register, from: Register, offset: number): this {
    return this.#add({ code: 0x79, to, from, offset });
  }

  /** 32 bits at to + offset = from */
  store32(to: Register, offset: number, from: Register): this {
    return this.#add({ code: 0x63, to, from, offset });
  }

  /** 64 bits at to + offset = from */
  store64(to: Register, offset: number, from: Register): this {
    return this.#add({ code: 0x7b, to, from, offset });
  }

  /** 32 bits at to + offset = constant */
  storeConstant32(to: Register, offset: number, constant: number): this {
    return this.#add({ code: 0x62, to, offset, constant });
  }

  /** 64 bits at to + offset += from, whatever other processors do */
  atomicAdd64(to: Register, offset: number, from: Register): this {
    return this.#add({ code: 0xdb, to, from, offset });
  }

  /** to = the map of a descriptor */
  map(to: Register, descriptor: number): this {
    return this.#add({ code: 0x18, to, from: PSEUDO_MAP_DESCRIPTOR, constant: descriptor }, { code: 0 });
  }

  call(helper: number): this {
    return this.#add({ code: 0x85, constant: helper });
  }

  jumpIfEqual(register: Register, constant: number, target: string): this {
    return this.#add({ code: 0x15, to: register, constant, target });
  }

  jumpIfNotEqual(register: Register, constant: number, target: string): this {
    return this.#add({ code: 0x55, to: register, constant, target });
  }

  jumpIfDifferent(register: Register, other: Register, target: string): this {
    return this.#add({ code: 0x5d, to: register, from: other, target });
  }

  /** Jumps when the register, without sign, is at most the constant. */
  jumpIfAtMost(register: Register, constant: number, target: string): this {
    return this.#add({ code: 0xb5, to: register, constant, target });
  }

  label(name: string): this {
    this.#labels.set(name, this.#instructions.length);
    return this;
  }

  exit(): this {
    return this.#add({ code: 0x95 });
  }

  assemble(): Buffer {
    const bytes = Buffer.alloc(this.#instructions.length * INSTRUCTION_BYTES);
    this.#instructions.forEach((instruction, index) => {
      const { code, to = 0, from = 0, constant = 0 } = instruction;
      const at = index * INSTRUCTION_BYTES;
      bytes.writeUInt8(code, at);
      bytes.writeUInt8((from << 4) | to, at + 1);
      bytes.writeInt16LE(this.#offset(instruction, index), at + 2);
      bytes.writeInt32LE(constant, at + 4);
    });
    return bytes;
  }

  #offset({ target, offset = 0 }: Instruction, index: number): number {
    if (target === undefined) return offset;
    const label = this.#labels.get(target);
    if (label === undefined) throw new Error(`no label ${target}`);
    return label - index - 1;
  }
}
