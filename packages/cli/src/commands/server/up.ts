import type { Command, Given } from "../../command.ts";
import { compact, textOption } from "../../given.ts";
import { refuseInspector } from "../process/refuse-inspector.ts";

/** Runs the server in the foreground until it is told to stop. */
export const up: Command = {
  words: ["up"],
  summary: "Run a server here, until Ctrl-C",
  details:
    "Makes its data folder when there is none (./.holdfast, or HOLDFAST_DATA_DIR), and serves HTTPS on 127.0.0.1:8200 (HOLDFAST_HTTP_ADDR) and a Unix socket in that folder.",
  options: [
    { name: "data-dir", value: "dir", summary: "data folder (HOLDFAST_DATA_DIR)" },
    { name: "http-addr", value: "host:port", summary: "address to serve on (HOLDFAST_HTTP_ADDR)" },
  ],
  examples: [
    { command: "holdfast up", says: "a server for development" },
    { command: "holdfast up --data-dir /var/lib/holdfast --http-addr 0.0.0.0:8200", says: "elsewhere" },
  ],
  async run({ env, output }, given) {
    refuseInspector("server");
    const { up: runServer } = await import("@holdfast/server");
    return runServer({
      env: { ...env, ...compact({ HOLDFAST_DATA_DIR: dataDir(given), HOLDFAST_HTTP_ADDR: httpAddr(given) }) },
      stdout: output.out,
      stderr: output.err,
      agent: agentCommand(),
    });
  },
};

/** As bin/holdfast starts an agent: no inspector, and little memory. */
const agentFlags = ["--disable-sigusr1", "--max-semi-space-size=1", "--optimize-for-size"];

/** This very program, so that server and agent are of one version. */
function agentCommand(): { readonly program: string; readonly words: readonly string[] } {
  return { program: process.execPath, words: [...agentFlags, process.argv[1] ?? "", "agent"] };
}

const dataDir = (given: Given): string | undefined => textOption(given, "data-dir");
const httpAddr = (given: Given): string | undefined => textOption(given, "http-addr");
