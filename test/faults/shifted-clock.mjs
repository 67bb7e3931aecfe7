// Preloaded into a server under test (NODE_OPTIONS=--import …), and so into each of its threads: its clock is off by the
// milliseconds that stand in a file. The product has no switch for its clock.
import { readFileSync } from "node:fs";

const file = process.env.TEST_CLOCK_OFFSET_FILE;
const now = Date.now.bind(Date);

if (file !== undefined) Date.now = () => now() + Number(readFileSync(file, "utf8"));
