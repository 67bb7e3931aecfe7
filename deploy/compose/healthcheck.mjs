// Asks the node in this container whether it is alive: exit code 0 or 1, as Docker wants it.
import { get } from "node:http";

const socketPath = process.env.HOLDFAST_SOCKET;
const path = process.argv[2] ?? "/healthz";

get({ socketPath, path, timeout: 2_000 }, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
})
  .on("timeout", () => process.exit(1))
  .on("error", () => process.exit(1));
