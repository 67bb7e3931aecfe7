import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { ownName } from "./own-name.ts";

it("is the user's name", () => {
  expect(ownName()).toBe(userInfo().username);
});

it.skipIf(process.getuid?.() !== 0)("is the number of a user whom the system knows no name of (needs root)", () => {
  const module = new URL("own-name.ts", import.meta.url).href;
  const script = `import { ownName } from ${JSON.stringify(module)}; process.setuid(4_000_001); console.log(ownName());`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { ...process.env, NODE_V8_COVERAGE: "" },
  });
  expect(`${stdout}${stderr}`.trim()).toBe("uid 4000001");
});
