import { writeFileSync } from "node:fs";
import contract from "../../package.json" with { type: "json" };
import { emit } from "./emit.ts";

const folder = new URL("../../emitted/", import.meta.url);
for (const [file, content] of emit(contract.version)) writeFileSync(new URL(file, folder), content);
