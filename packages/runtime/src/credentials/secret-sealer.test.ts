import { describe, expect, it } from "vitest";
import { sealerOf } from "./sealer.fixture.ts";
import { SecretSealer } from "./secret-sealer.ts";

const here = { machineId: "a" };
const passphrase = "correct horse battery";
const secret = "0f".repeat(32);

const seal = (sealer: SecretSealer, name = "root-key"): string => sealer.seal(name, secret) ?? "";

describe("secrets that are sealed", () => {
  it.each([
    ["to a host", here, "machine-id"],
    ["to a host with an id of its board", { ...here, productUuid: "b" }, "machine-id product-uuid"],
    ["under a passphrase", { ...here, passphrase }, "passphrase"],
    ["under a passphrase, of a host without an id", { passphrase }, "passphrase"],
  ])("%s open where that is there again", (_, sources, binding) => {
    const text = seal(sealerOf(sources));
    expect(text).toContain(`\nbound-to: ${binding}\n`);
    expect(sealerOf(sources).open("root-key", text)).toEqual({ ok: true, secret, isCurrent: true });
    expect(sealerOf(sources).binding).toBe(binding);
  });

  it("are none where there is neither", () => {
    expect(sealerOf({}).seal("root-key", secret)).toBe(undefined);
    expect(sealerOf({})).toMatchObject({ binding: undefined, why: "there is no machine-id" });
  });

  it.each([
    ["another host", here, { machineId: "b" }, "is sealed to another host than this one (machine-id)"],
    ["a host with another board", { ...here, productUuid: "b" }, { ...here, productUuid: "c" }, "another host"],
    [
      "whoever may not read the board's id",
      { ...here, productUuid: "b" },
      here,
      "one cannot be read here: product-uuid",
    ],
    ["a host without an id", here, {}, "one cannot be read here: machine-id"],
    ["another host with a passphrase", here, { machineId: "b", passphrase }, "is sealed to another host"],
    ["another passphrase", { passphrase }, { ...here, passphrase: "wrong horse battery" }, "is another one"],
    ["nobody's passphrase", { passphrase }, here, "is sealed under a passphrase, and none is given"],
    [
      "two other passphrases",
      { passphrase },
      { passphrase: "a".repeat(12), previousPassphrase: "b".repeat(12) },
      "is another",
    ],
  ])("do not open for %s, and it is said what to do", (_, sealed, opening, sentence) => {
    const opened = sealerOf(opening).open("root-key", seal(sealerOf(sealed)));
    expect(opened).toMatchObject({ ok: false, reason: expect.stringContaining(sentence) as string });
    expect(opened.ok || opened.hint.length).toBeGreaterThan(20);
  });

  it("do not open under another name (ATTACKS 29)", () => {
    const sealer = sealerOf(here);
    expect(sealer.open("on-call", seal(sealer))).toMatchObject({ ok: false });
  });

  it.each([
    ["a passphrase that came later", here, { ...here, passphrase }],
    [
      "a passphrase that replaced another",
      { passphrase },
      { passphrase: "another horse", previousPassphrase: passphrase },
    ],
    ["the host, in place of a passphrase", { passphrase }, { ...here, previousPassphrase: passphrase }],
  ])("are to be sealed anew for %s", (_, before, now) => {
    const sealer = sealerOf(now);
    const opened = sealer.open("root-key", seal(sealerOf(before)));
    expect(opened).toEqual({ ok: true, secret, isCurrent: false });
    const anew = seal(sealer);
    expect(sealer.open("root-key", anew)).toEqual({ ok: true, secret, isCurrent: true });
    expect(sealerOf(before).open("root-key", anew)).toMatchObject({ ok: false });
  });

  it("are never sealed with the salt and the cost of a file that somebody else wrote", () => {
    const sealer = sealerOf({ passphrase });
    const planted = seal(sealerOf({ passphrase: "whatever the writer of it knows" }));
    const [, salt = ""] = /^salt: (.*)$/m.exec(planted) ?? [];
    expect(sealer.open("on-call", planted)).toMatchObject({ ok: false });
    expect(seal(sealer)).not.toContain(salt);
  });

  it("are sealed anew where they cost less to guess at than new ones", () => {
    const host = { binding: undefined, why: "", inputOf: () => ({ missing: "machine-id" }) };
    const sealer = new SecretSealer({ host, passphrase, cost: { memoryKiB: 16, passes: 2 } });
    const opened = sealer.open("root-key", seal(sealerOf({ passphrase })));
    expect(opened).toEqual({ ok: true, secret, isCurrent: false });
    const anew = seal(sealer);
    expect(anew).toContain("\nkdf: argon2id m=16 t=2 p=1\n");
    expect(sealer.open("root-key", anew)).toEqual({ ok: true, secret, isCurrent: true });
  });

  it("stay sealed to what a host had, when it tells more of itself later", () => {
    const text = seal(sealerOf(here));
    const opened = sealerOf({ ...here, productUuid: "b" }).open("root-key", text);
    expect(opened).toEqual({ ok: true, secret, isCurrent: true });
  });

  it("share one key within a store, which is derived once, and nothing else", () => {
    const sealer = sealerOf(here);
    const [one, other] = [seal(sealer), seal(sealer, "on-call")];
    const headerOf = (text: string) => text.slice(0, text.indexOf("\nsealed: "));
    const bodyOf = (text: string) => text.slice(-200);
    expect(headerOf(one)).toBe(headerOf(other));
    expect(bodyOf(one)).not.toBe(bodyOf(other));
    expect(headerOf(seal(sealerOf(here)))).not.toBe(headerOf(one));
    const later = sealerOf(here);
    later.open("root-key", one);
    expect(headerOf(seal(later, "on-call"))).toBe(headerOf(one));
  });

  it("are told from damaged ones, and from those of a newer program", () => {
    const text = seal(sealerOf(here));
    expect(sealerOf(here).open("root-key", text.slice(0, -2))).toMatchObject({
      reason: "is a sealed file that is damaged",
      hint: "Put the file back from a backup.",
    });
    expect(sealerOf(here).open("root-key", text.replace("file/1", "file/2"))).toMatchObject({
      reason: "is sealed in version 2 of the format, which this program does not know",
    });
  });
});
