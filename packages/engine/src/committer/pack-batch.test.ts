import fc from "fast-check";
import { expect, it } from "vitest";
import type { Change } from "../table.ts";
import { checkChange } from "./check-change.ts";
import { grant, grants, keys, submission, TABLES, ungrant } from "../sqlite/committer.fixture.ts";
import { BatchCodec } from "./pack-batch.ts";

const codec = new BatchCodec(TABLES);
const text = fc.string({ unit: "grapheme", maxLength: 8 });
const blob = fc.uint8Array({ maxLength: 40 });

const put: fc.Arbitrary<Change> = fc
  .record({
    actor: text,
    uses: fc.option(fc.integer()),
    seal: fc.option(blob),
    expect: fc.nat(9),
  })
  .map(({ actor, uses, seal, expect: version }) => grant(actor, version, { uses, seal }));
const change = fc.oneof(
  put,
  text.map((actor) => ungrant(actor, 1)),
  blob.map((id): Change => ({ put: keys, row: { id, label: "l" }, expect: 0 })),
  blob.map((id): Change => ({ delete: keys, key: { id }, expect: 2 })),
);

it.each([false, true])(
  "hands every submission over as it was, in one list and one buffer (footprints: %s)",
  (hasFootprints) => {
    const packing = new BatchCodec(TABLES, { hasFootprints });
    const footprints = fc.record({
      reads: fc.array(text, { maxLength: 3 }),
      writes: fc.array(text, { maxLength: 3 }),
      seen: fc.nat(),
    });
    const unless = fc.array(fc.nat(9), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ changes: fc.array(change, { maxLength: 4 }), unless, after: unless, prints: footprints }),
          {
            maxLength: 5,
          },
        ),
        (drafts) => {
          const batch = drafts.map((draft) => ({
            submission: submission({ changes: draft.changes, ...draft.prints }),
            unless: draft.unless,
            after: draft.after,
          }));
          const unpacked = packing.unpack(structuredClone(packing.pack(batch)));
          expect(unpacked).toEqual(
            batch.map(({ submission: { entry, payload, changes, reads, writes, seen }, unless: earlier, after }) => ({
              entry,
              commitment: Buffer.from(payload.commitment),
              sealed: Buffer.from(payload.sealed),
              unless: earlier,
              after,
              ...(hasFootprints ? { reads, writes, seen } : { reads: [], writes: [], seen: 0 }),
              changes: changes.map(({ change: planned, hash }) => ({
                change: asBuffers(planned),
                hash: Buffer.from(hash),
              })),
            })),
          );
        },
      ),
      { numRuns: 50 },
    );
  },
);

function asBuffers(planned: Change): Change {
  const of = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, cell instanceof Uint8Array ? Buffer.from(cell) : cell]),
    );
  return "put" in planned ? { ...planned, row: of(planned.row) } : { ...planned, key: of(planned.key) };
}

it("writes a column that a row leaves out as null", () => {
  const [unpacked] = codec.unpack(
    codec.pack([{ submission: submission({ changes: [grant("ann", 0)] }), unless: [], after: [] }]),
  );
  expect(unpacked?.changes[0]?.change).toEqual(grant("ann", 0, { uses: null, seal: null }));
});

it.each<[string, Change]>([
  ["text for an integer", grant("ann", 0, { uses: "1" })],
  ["a fraction for an integer", grant("ann", 0, { uses: 0.5 })],
  ["an integer beyond 2^53", grant("ann", 0, { uses: 2 ** 53 })],
  ["a number for text", { put: keys, row: { id: new Uint8Array(1), label: 1 }, expect: 0 }],
  ["text for a blob", { put: keys, row: { id: "x", label: "" }, expect: 0 }],
  ["null where none may be", { put: keys, row: { id: new Uint8Array(1), label: null }, expect: 0 }],
  ["a missing cell where one must be", { put: keys, row: { id: new Uint8Array(1) }, expect: 0 }],
  ["an unknown column", grant("ann", 0, { more: 1 })],
  ["a key cell that is missing", { delete: grants, key: { tenant: "t" }, expect: 1 }],
  ["a negative row version", grant("ann", -1)],
  ["a delete of an absent row", ungrant("ann", 0)],
])("refuses a change with %s", (_, refused) => {
  expect(() => checkChange(refused)).toThrow(expect.objectContaining({ code: "table_invalid" }));
});
