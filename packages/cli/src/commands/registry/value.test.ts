import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { GivenOption } from "../../command.ts";
import { type Scene, stage } from "../../context.fixture.ts";
import { valueOf } from "./value.ts";

const secret = "correct horse battery";

async function read(scene: Scene, words: readonly string[], options: Record<string, GivenOption> = {}) {
  const given = { arguments: ["a/b", ...words], options };
  const staged = stage(scene, given);
  return { value: await valueOf(staged.context, given, "secret"), err: staged.err() };
}

describe("the value of a put", () => {
  it("may be an argument, which is warned of for a secret without repeating it", async () => {
    const { value, err } = await read({}, [secret]);
    expect(value).toEqual({ value: secret });
    expect(err).toContain("process lists");
    expect(err).not.toContain(secret);
  });

  it("is taken from standard input byte for byte, by - or when something is piped in", async () => {
    expect((await read({ stdin: "a\n" }, ["-"])).value).toEqual({ value: "a\n" });
    expect(await read({ stdin: "a\n" }, [])).toEqual({ value: { value: "a\n" }, err: "" });
  });

  it("loses one final newline with --trim and no more", async () => {
    expect((await read({ stdin: "a\n\n" }, ["-"], { trim: true })).value).toEqual({ value: "a\n" });
    expect((await read({ stdin: "a\r\n" }, ["-"], { trim: true })).value).toEqual({ value: "a" });
    expect((await read({ stdin: "a" }, ["-"], { trim: true })).value).toEqual({ value: "a" });
  });

  it("is asked for on a terminal", async () => {
    expect(await read({ isTerminal: true }, [])).toEqual({ value: { value: "typed" }, err: "" });
  });

  it("is missed where nobody can be asked", async () => {
    await expect(read({}, [])).rejects.toThrow("no value is given");
  });

  it("comes from a file as text, or as base64 when it is not UTF-8", async () => {
    const workingFolder = mkdtempSync(join(tmpdir(), "holdfast-value-"));
    onTestFinished(() => rmSync(workingFolder, { recursive: true }));
    writeFileSync(join(workingFolder, "text"), "é");
    writeFileSync(join(workingFolder, "bytes"), Buffer.of(0xff, 0x00));
    expect((await read({ workingFolder }, [], { file: "text", type: "text/x-pem" })).value).toEqual({
      value: "é",
      contentType: "text/x-pem",
    });
    expect((await read({ workingFolder }, [], { file: "bytes" })).value).toEqual({
      value: "/wA=",
      contentType: "application/octet-stream",
      encoding: "base64",
    });
    await expect(read({ workingFolder }, [], { file: "none" })).rejects.toThrow("none cannot be read (ENOENT)");
    await expect(read({ workingFolder }, ["x"], { file: "text" })).rejects.toThrow("given twice");
  });

  it("keeps the spelling of JSON numbers", async () => {
    const text = '{"a":1.10,"b":12345678901234567890,"__proto__":1}';
    const { value } = await read({ stdin: text }, ["-"], { type: "json" });
    expect(JSON.stringify(value)).toBe(`{"value":${text}}`);
  });

  it("is never quoted when it is not JSON (ATTACKS 25)", async () => {
    const error = await read({ stdin: secret }, ["-"], { type: "json" }).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(JSON.stringify(error, ["message", "hint"]) + String(error)).not.toContain("horse");
  });

  it("has a type that is text, json or a media type", async () => {
    await expect(read({ stdin: "a" }, ["-"], { type: "jsn" })).rejects.toThrow("--type takes");
  });
});
