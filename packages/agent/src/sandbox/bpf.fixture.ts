import { field, type Instruction, operations } from "./bpf.ts";

/** A system call as a filter sees it. */
export interface Call {
  readonly architecture: number;
  readonly number: number;
  readonly args?: readonly bigint[];
}

/** What the kernel does with a filter, step by step and as slowly as that reads. */
export function interpret(program: readonly Instruction[], call: Call): number {
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, ifTrue, ifFalse, k } = program[at]!;
    switch (code) {
      case operations.load:
        accumulator = wordOf(call, k);
        break;
      case operations.and:
        accumulator = (accumulator & k) >>> 0;
        break;
      case operations.jumpEqual:
        at += accumulator === k >>> 0 ? ifTrue : ifFalse;
        break;
      case operations.jumpAtLeast:
        at += accumulator >= k >>> 0 ? ifTrue : ifFalse;
        break;
      case operations.return:
        return k >>> 0;
      default:
        throw new Error(`No such operation: ${code}`);
    }
  }
  throw new Error("The program runs past its end.");
}

function wordOf({ architecture, number, args = [] }: Call, offset: number): number {
  if (offset === field.number) return number >>> 0;
  if (offset === field.architecture) return architecture >>> 0;
  const argument = args[Math.floor((offset - 16) / 8)] ?? 0n;
  const bits = BigInt.asUintN(64, argument);
  return Number((offset - 16) % 8 === 0 ? bits & 0xffff_ffffn : bits >> 32n);
}
