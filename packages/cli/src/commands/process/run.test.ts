import { describe, expect, it } from "vitest";
import { type Scene, stage } from "../../context.fixture.ts";
import { Failure } from "../../failure.ts";
import { runChild } from "./child.ts";
import { collectSecrets } from "./collect-secrets.ts";
import { run } from "./run.ts";
import { derivedName } from "./variable-name.ts";

const value = "correct horse";
const reading: Scene["answer"] = (name, { key }) => {
  if (name === "secret.list")
    return {
      items: [
        { key: "shop/db-password", kind: "secret" },
        { key: "shop/x/", kind: "directory" },
      ],
    };
  if (key === "shop/none") throw new Failure(3, "not found");
  return key === "shop/bytes" ? { value: "AAE=", encoding: "base64" } : { value };
};
const collect = (pairs: string[], prefix?: string, scene: Scene = {}) =>
  collectSecrets(stage({ answer: reading, ...scene }).context, pairs, prefix);

describe("secrets for an environment", () => {
  it("are read by name, and by folder with names made of the last segment", async () => {
    expect(await collect(["A=shop/a"], "shop")).toEqual({ A: value, DB_PASSWORD: value });
  });

  it("are all or none, and a failure tells no value (ATTACKS 47)", async () => {
    await expect(collect(["A=shop/a", "B=shop/none"])).rejects.toThrow("not found");
    await expect(collect(["A=shop/bytes"])).rejects.toThrow(
      "shop/bytes holds bytes that cannot stand in an environment",
    );
  });

  it.each(["A", "=a", "1A=a", "A B=a"])("are refused under the name of %s", async (pair) => {
    await expect(collect([pair])).rejects.toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each(["ld_preload", "path", "node-options", "bash_env", "holdfast-token", "1st", "ps4"])(
    "of a folder cannot steer programs by being called %s, since its writers choose the name",
    (segment) => {
      expect(() => derivedName(`shop/${segment}`, {})).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );

  it("of a folder do not replace what the user set, nor each other", async () => {
    await expect(collect([], "shop", { env: { DB_PASSWORD: "mine" } })).rejects.toThrow("is set already");
    const twice: Scene["answer"] = (name) =>
      name === "secret.list"
        ? {
            items: [
              { key: "s/a-b", kind: "secret" },
              { key: "s/a_b", kind: "secret" },
            ],
          }
        : { value };
    await expect(collect([], "s", { answer: twice })).rejects.toThrow("would both be A_B");
  });
});

describe("a command run with them", () => {
  it("gives its exit code, or that of its signal", async () => {
    expect(await runChild(["sh", "-c", "exit 3"], process.env)).toEqual({ exitCode: 3 });
    expect(await runChild(["sh", "-c", "kill -TERM $$"], process.env)).toEqual({ exitCode: 143 });
  });

  it("is reported as not found or not runnable with the codes that shells use", async () => {
    expect(await runChild(["/nonexistent/program"], {})).toEqual({ exitCode: 127, failedToStart: "ENOENT" });
    expect(await runChild(["/"], {})).toEqual({ exitCode: 126, failedToStart: "EACCES" });
  });

  it("sees the secrets but not the token they were read with", async () => {
    const given = {
      arguments: ["sh", "-c", '[ "$A" = "correct horse" ] && [ -z "${HOLDFAST_TOKEN+x}" ]'],
      options: { secret: ["A=shop/a"] },
    };
    const env = { PATH: process.env["PATH"], HOLDFAST_TOKEN: "hft_x", HOLDFAST_SOCKET: "s" };
    const staged = stage({ answer: reading, env }, given);
    expect(await run.run(staged.context, given)).toBe(0);
    expect(staged.out() + staged.err()).toBe("");
  });

  it("that cannot start leaves no trace of the secrets in what is printed (ATTACKS 47)", async () => {
    const given = { arguments: ["/nonexistent/program"], options: { secret: ["A=shop/a"] } };
    const staged = stage({ answer: reading }, given);
    expect(await run.run(staged.context, given)).toBe(127);
    expect(staged.err()).toBe("holdfast: /nonexistent/program could not be started (ENOENT)\n");
  });
});
