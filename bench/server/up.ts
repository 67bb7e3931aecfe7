/** Starts the server as `holdfast up` does; what is loaded before it may replace parts of it. */
import { up } from "@holdfast/server";

process.exitCode = await up({
  env: process.env,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
});
