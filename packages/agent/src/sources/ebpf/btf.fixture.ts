/** A type: its words behind the name (info, size or type, and what the kind adds). */
interface Type {
  readonly name: string;
  readonly words: readonly number[];
}

const kind = (number: number, members = 0, flag = 0): number => ((flag << 31) | (number << 24) | members) >>> 0;

/** Type information as Documentation/bpf/btf.rst lays it out, of the types given; names of members are numbers here. */
function btf(types: readonly Type[], memberNames: readonly string[] = []): Buffer {
  const names = ["", ...memberNames, ...types.map((type) => type.name)];
  const offsets = names.map((_, index) => names.slice(0, index).join("\0").length + (index === 0 ? 0 : 1));
  const words = types.flatMap((type, index) => [offsets[1 + memberNames.length + index]!, ...type.words]);
  const strings = Buffer.from(`${names.join("\0")}\0`);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  [24, 0, words.length * 4, words.length * 4, strings.length].forEach((word, index) =>
    header.writeUInt32LE(word, 4 + index * 4),
  );
  return Buffer.concat([header, Buffer.from(Uint32Array.from(words).buffer), strings]);
}

/** struct outer { int a; union { struct { int b; int c; }; int d; }; int bits : 3; int e; } behind types of every kind. */
export function sampleBtf(): Buffer {
  const [a, b, c, d, bits, e] = [1, 3, 5, 7, 9, 14];
  return btf(
    [
      { name: "int", words: [kind(1), 4, 0x2000020] },
      { name: "", words: [kind(2), 1] },
      { name: "", words: [kind(3), 0, 1, 1, 4] },
      { name: "colour", words: [kind(6, 2), 4, 1, 0, 3, 1] },
      { name: "outer", words: [kind(7), 0] },
      { name: "", words: [kind(13, 1), 1, 1, 1] },
      { name: "function", words: [kind(12), 6] },
      { name: "variable", words: [kind(14), 1, 1] },
      { name: ".data", words: [kind(15, 1), 4, 8, 0, 4] },
      { name: "tag", words: [kind(17), 1, 0] },
      { name: "large", words: [kind(19, 1), 8, 1, 0, 0] },
      { name: "", words: [kind(4, 2), 8, b, 1, 0, c, 1, 32] },
      { name: "", words: [kind(5, 2), 8, 0, 12, 0, d, 1, 0] },
      { name: "outer", words: [kind(4, 4, 1), 20, a, 1, 0, 0, 13, 32, bits, 1, (3 << 24) | 97, e, 1, 128] },
      { name: "outer", words: [kind(4, 1), 4, e, 1, 0] },
    ],
    ["a", "b", "c", "d", "bits", "e"],
  );
}
