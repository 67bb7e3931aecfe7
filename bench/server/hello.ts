/** A bare node:http server with replies batched as the committer's are: what this machine and Node.js can do at all. */
import { createServer, type ServerResponse } from "node:http";

const [path = "", valueBytes = "100"] = process.argv.slice(2);
const body = JSON.stringify({ value: "v".repeat(Number(valueBytes)) });
const headers = { "Content-Type": "application/json", "Content-Length": body.length };
let waiting: ServerResponse[] = [];

const server = createServer((_request, response) => {
  if (waiting.push(response) === 1) setImmediate(reply);
});

function reply(): void {
  const batch = waiting;
  waiting = [];
  for (const response of batch) response.writeHead(200, headers).end(body);
}

server.listen(path, () => console.log("ready"));
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
