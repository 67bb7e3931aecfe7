import fc from "fast-check";
import { expect, test } from "vitest";
import { addressPrefix } from "./address-prefix.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:2::6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::2", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1:2:3::", "1:2:3:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"],
  ["socket", "socket"],
  ["gone", "gone"],
])("%s counts as %s", (address, prefix) => {
  expect(addressPrefix(address)).toBe(prefix);
});

test("all addresses of one /64 count as one, and those of another as another", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const four = fc.tuple(group, group, group, group);
  // The URL parser compresses as RFC 5952 says.
  const text = (groups: readonly number[]) =>
    new URL(`http://[${groups.map((each) => each.toString(16)).join(":")}]`).hostname.slice(1, -1);
  fc.assert(
    fc.property(four, four, four, (network, left, right) => {
      const isMapped = network.every((each) => each === 0) && [left, right].some(([a, b]) => a === 0 && b === 0xffff);
      fc.pre(!isMapped);
      expect(addressPrefix(text([...network, ...left]))).toBe(addressPrefix(text([...network, ...right])));
      const neighbour = [...network.slice(0, 3), network[3] ^ 1];
      expect(addressPrefix(text([...neighbour, ...left]))).not.toBe(addressPrefix(text([...network, ...left])));
    }),
  );
});
