import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** What a process writes that logs one line in this format; its standard error is a pipe. */
function written(format: string): string {
  const module = new URL("log.ts", import.meta.url).href;
  const program = `
    import { createLog } from ${JSON.stringify(module)};
    const log = createLog({ level: "info", format: ${JSON.stringify(format)}, name: "agent" });
    log.warn({ sink: "on-call", token: "hft_secret", err: new Error("it quotes a client") }, "a sink fails");
    log.debug({}, "nobody asked");
  `;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return stderr;
}

it.each(["auto", "json"])("lines of the log are JSON where no person reads them: %s", (format) => {
  const record = JSON.parse(written(format)) as Record<string, unknown>;
  expect(record).toMatchObject({ level: 40, service: "holdfast", sink: "on-call", msg: "a sink fails" });
  expect(JSON.stringify(record)).not.toMatch(/hft_secret|quotes a client/);
});

it("lines of the log are text where that is wanted, without what JSON lines leave out", () => {
  expect(written("text")).toMatch(/^\d\d:\d\d:\d\dZ warn {2}agent {2}a sink fails {2}sink=on-call {2}err=Error\n$/);
});
