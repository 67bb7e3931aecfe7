import { describe, expect, it } from "vitest";
import { exitCodes } from "../../exit-codes.ts";
import { stage } from "../../context.fixture.ts";
import { alertAcknowledge } from "./acknowledge.ts";
import { alertNamed } from "./alert-named.ts";
import { silenceDelete } from "./silence.ts";

const id = (letter: string) => `al_b3d5f7h2${letter.repeat(18)}`;
const answering = (...ids: readonly string[]) => stage({ answer: () => ({ items: ids.map((one) => ({ id: one })) }) });

describe("the id of an alert that was typed", () => {
  it("is taken as it is when it is whole, and nobody is asked", async () => {
    const { context, calls } = answering();
    expect(await alertNamed(context, id("a"))).toBe(id("a"));
    expect(calls).toEqual([]);
  });

  it.each(["al_b3d5f7h2", "b3d5"])("may be its beginning: %s", async (text) => {
    const { context, calls } = answering(id("a"));
    expect(await alertNamed(context, text)).toBe(id("a"));
    expect(calls).toMatchObject([{ name: "alert.list", input: { id: `al_${text.replace("al_", "")}` } }]);
  });

  it.each(["nonsense!", "al_", "b3d", "AL_B3D5", "si_b3d5f7h2", ""])("is refused in a sentence: %j", async (text) => {
    const failure = { message: `"${text}" is no id of an alert`, exitCode: exitCodes.usage };
    await expect(alertNamed(answering().context, text)).rejects.toMatchObject(failure);
  });

  it("is not found, or is to be longer, when its beginning is that of none or of several", async () => {
    const none = { message: "there is no alert whose id begins with al_b3d5", exitCode: exitCodes.notFound };
    await expect(alertNamed(answering().context, "b3d5")).rejects.toMatchObject(none);
    const several = { exitCode: exitCodes.usage, hint: `type more of it: ${id("a")}, ${id("b")}` };
    await expect(alertNamed(answering(id("a"), id("b")).context, "b3d5")).rejects.toMatchObject(several);
  });

  it("keeps all that were named as they are when one of them is wrong", async () => {
    const { context, calls } = answering(id("a"));
    const given = { arguments: [id("a"), "wrong id"], options: {} };
    await expect(alertAcknowledge.run(context, given)).rejects.toThrow(`"wrong id" is no id of an alert`);
    expect(calls).toEqual([]);
  });
});

describe("the id of a silence that was typed", () => {
  const silence = (letter: string) => ({ id: `si_b3d5f7h2${letter.repeat(18)}` });
  const end = async (text: string, ...silences: readonly object[]) => {
    const answer = (name: string) => (name === "silence.list" ? { items: silences } : { silence: text });
    const { context, calls } = stage({ answer });
    await silenceDelete.run(context, { arguments: [text], options: {} });
    return calls.at(-1)?.input;
  };

  it("may be its beginning, when that is no other's", async () => {
    expect(await end("b3d5", silence("a"))).toEqual({ silence: silence("a").id });
    await expect(end("b3d5", silence("a"), silence("b"))).rejects.toThrow("the beginning of several ids");
    await expect(end("zzzz", silence("a"))).rejects.toMatchObject({ exitCode: exitCodes.notFound });
    await expect(end("no id")).rejects.toThrow(`"no id" is no id of a silence`);
  });
});
