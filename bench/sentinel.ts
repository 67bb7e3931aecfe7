/** The agent of a host: what looking, storing, judging and waiting cost it, beside what others offer. */
import type { Bench } from "./measure/bench.ts";
import type { Section } from "./report/figure.ts";
import type { Measured, Part } from "./sentinel/measured.ts";
import { measureScans } from "./sentinel/scans.ts";
import { measureSources } from "./sentinel/sources.ts";
import { measureAgent } from "./sentinel/agent.ts";
import { measureRules } from "./sentinel/rules.ts";
import { measureStore } from "./sentinel/store.ts";

const parts: readonly Part[] = [measureScans, measureSources, measureRules, measureStore, measureAgent];

export async function run(bench: Bench): Promise<Section> {
  const title = "Sentinel";
  if (process.platform !== "linux") return { title, method: "Not measured: Linux only.", figures: [] };
  const measured: Measured[] = [];
  for (const measure of parts) measured.push(await measure(bench));
  const leftOut = measured.flatMap((part) => part.leftOut);
  const methods = measured.map(({ method }) => method);
  return {
    title,
    method: [...methods, ...(leftOut.length === 0 ? [] : [`Left out here: ${leftOut.join("; ")}.`])].join("\n\n"),
    figures: measured.flatMap(({ figures }) => figures),
  };
}
