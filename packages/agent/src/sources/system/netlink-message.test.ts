import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acknowledgedError, decodeNetlink, encodeNetlink, NETLINK_ERROR } from "./netlink-message.ts";

const message = (payload: Buffer, type = 7, sequence = 3) => encodeNetlink({ type, flags: 5, sequence, payload });

describe("netlink messages", () => {
  it("are laid out as <linux/netlink.h> says", () => {
    expect(message(Buffer.from("abcd")).toString("hex")).toBe(
      "14000000" + "0700" + "0500" + "03000000" + "00000000" + "61626364",
    );
  });

  it("come back from a datagram, several and padded", () => {
    const padded = Buffer.concat([message(Buffer.from("abcde")), Buffer.alloc(3), message(Buffer.from("f"), 8, 4)]);
    expect(decodeNetlink(padded)).toEqual({
      messages: [
        { type: 7, sequence: 3, payload: Buffer.from("abcde") },
        { type: 8, sequence: 4, payload: Buffer.from("f") },
      ],
      isTruncated: false,
    });
  });

  it("that are cut off are not taken for whole ones", () => {
    const whole = message(Buffer.from("abcdefgh"));
    for (let length = 1; length < whole.length; length += 1) {
      expect(decodeNetlink(whole.subarray(0, length))).toEqual({ messages: [], isTruncated: true });
    }
  });

  it("of any bytes are read without an end in error or in a loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeNetlink(Buffer.from(bytes)).messages.length).toBeLessThan(13);
      }),
    );
  });

  it("that answer a request tell its error number", () => {
    const answer = (code: number) => {
      const payload = Buffer.alloc(20);
      payload.writeInt32LE(code);
      return { type: NETLINK_ERROR, sequence: 1, payload };
    };
    expect(acknowledgedError(answer(0))).toBe(0);
    expect(acknowledgedError(answer(-17))).toBe(17);
    expect(acknowledgedError({ ...answer(0), type: 9 })).toBeUndefined();
    expect(acknowledgedError({ ...answer(0), payload: Buffer.alloc(3) })).toBeUndefined();
  });
});
