import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressBytes } from "./address.ts";
import { type AddressPolicy, admits, classOf, defaultAddressPolicy } from "./address-policy.ts";
import { networkOf } from "./network.ts";

const policy = (changes: Partial<AddressPolicy> = {}): AddressPolicy => ({ ...defaultAddressPolicy, ...changes });
const networks = (...texts: readonly string[]) => texts.map((text) => networkOf(text)!);

test.each([
  ["8.8.8.8", "public"],
  ["2606:4700::1111", "public"],
  ["10.0.0.1", "private"],
  ["172.31.255.255", "private"],
  ["172.32.0.0", "public"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["fd12::1", "private"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["0.0.0.0", "reserved"],
  ["::", "reserved"],
  ["169.254.0.1", "link_local"],
  ["fe80::1%eth0", "link_local"],
  ["169.254.169.254", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["168.63.129.16", "metadata"],
  ["100.100.100.200", "metadata"],
  ["224.0.0.1", "multicast"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "reserved"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:0:169.254.169.254", "metadata"],
  ["::127.0.0.1", "loopback"],
  ["64:ff9b::169.254.169.254", "metadata"],
  ["64:ff9b::7f00:1", "loopback"],
  ["64:ff9b:1::1", "reserved"],
  ["2002:7f00:1::", "loopback"],
  ["2001:0:4136:e378:8000:63bf:80ff:fffe", "loopback"], // Teredo hides 127.0.0.1 by turning its bits
])("%s is %s", (text, expected) => {
  expect(classOf(addressBytes(text)!)).toBe(expected);
});

describe("what sinks may reach", () => {
  test("is what is public or private, unless it is said otherwise", () => {
    expect(["8.8.8.8", "10.0.0.1"].map((text) => admits(policy(), text))).toEqual([true, true]);
    for (const text of [
      "127.0.0.1",
      "::1",
      "169.254.1.1",
      "169.254.169.254",
      "0.0.0.0",
      "224.0.0.1",
      "::ffff:127.0.0.1",
    ]) {
      expect([text, admits(policy(), text)]).toEqual([text, false]);
    }
    expect(admits(policy({ allowPrivate: false }), "10.0.0.1")).toBe(false);
    expect(admits(policy({ allowPrivate: false }), "::ffff:10.0.0.1")).toBe(false);
  });

  test("is this host when that is allowed, and for what is not encrypted this host alone", () => {
    const here = policy({ allowLoopback: true });
    expect(["127.0.0.1", "::1", "::ffff:127.0.0.1", "8.8.8.8"].map((text) => admits(here, text))).not.toContain(false);
    expect(admits(here, "0.0.0.0")).toBe(false);
    const plain = policy({ allowLoopback: true, loopbackOnly: true, allowedNetworks: networks("8.8.8.0/24") });
    expect(["127.0.0.1", "8.8.8.8", "10.0.0.1"].map((text) => admits(plain, text))).toEqual([true, false, false]);
    expect(admits(policy({ loopbackOnly: true }), "127.0.0.1")).toBe(false);
  });

  test("is a network that is named, in whatever form its addresses come", () => {
    const some = policy({ allowPrivate: false, allowedNetworks: networks("10.1.0.0/16", "fe80::/64") });
    expect(["10.1.2.3", "::ffff:10.1.2.3", "fe80::5%eth0", "10.2.0.1"].map((text) => admits(some, text))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("is a metadata service only when that one address is named", () => {
    const wide = policy({ allowedNetworks: networks("169.254.0.0/16") });
    expect(admits(wide, "169.254.1.1")).toBe(true);
    expect(admits(wide, "169.254.169.254")).toBe(false);
    expect(admits(policy({ allowedNetworks: networks("169.254.169.254/32") }), "169.254.169.254")).toBe(true);
  });

  test.each(["", "localhost", "127.1", "0x7f000001", "1.2.3.4.5", "fe80::1::2"])("is no text such as %j", (text) => {
    expect(admits(policy({ allowLoopback: true }), text)).toBe(false);
  });
});

test("an IPv4 address that is refused is refused in every form that IPv6 has for it", () => {
  fc.assert(
    fc.property(fc.ipV4(), (v4) => {
      const bytes = v4.split(".").map(Number);
      const [high, low] = [bytes.slice(0, 2), bytes.slice(2)].map((pair) =>
        pair.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      );
      const forms = [`::ffff:${v4}`, `::ffff:${high}:${low}`, `64:ff9b::${v4}`, `2002:${high}:${low}::1`];
      for (const form of forms) expect([form, admits(policy(), form)]).toEqual([form, admits(policy(), v4)]);
    }),
  );
});

describe("a network in text", () => {
  test.each(["10.0.0.0/8", "192.168.1.0/24", "fd00::/8", "::1/128", "0.0.0.0/0"])("%s", (text) => {
    expect(networkOf(text)).toBeDefined();
  });

  test.each(["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/", "/8", "fd00::/129", "x/8", "10.0.0.0/08x"])(
    "%s is none",
    (text) => {
      expect(networkOf(text)).toBeUndefined();
    },
  );
});
