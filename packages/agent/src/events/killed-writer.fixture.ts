import { ruleTables } from "@holdfast/rules";
import { EventStore } from "./event-store.ts";
import { LossTally } from "./loss-tally.ts";

/** Writes batches until it is killed, and says after each one how far it is. */
const [path = ""] = process.argv.slice(2);
const sizes = { memoryBudgetBytes: 100_000_000, maxBytes: 100_000_000 };
const store = new EventStore({ path, tables: ruleTables, losses: new LossTally(), ...sizes });
for (let batch = 0; ; batch++) {
  const rows = Array.from({ length: 20 }, (_, index) => ({ time: 1, type: "exec", pid: batch * 20 + index }));
  store.write(rows.map((row) => ({ table: "process_events", row })));
  process.stdout.write(`${store.head}\n`);
}
