import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";
import { signedHeaders, signingKeys } from "./sign.ts";

/** The example of the Standard Webhooks specification's libraries. */
const EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}', wallMs: 1_614_265_330_000 };

test("signs as the published example does", () => {
  expect(signedHeaders(signingKeys(new Secret(EXAMPLE)), message)).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("signs with each of several keys, so that a receiver can change from one to the next", () => {
  const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const headers = signedHeaders(signingKeys(new Secret(`${EXAMPLE}\n${other}\n`)), message);
  const expected = createHmac("sha256", Buffer.alloc(32, 7)).update(`${message.id}.1614265330.${message.body}`);
  expect(headers["webhook-signature"]?.split(" ")).toEqual([
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    `v1,${expected.digest("base64")}`,
  ]);
});

test.each([
  ["too short", `whsec_${Buffer.alloc(23).toString("base64")}`],
  ["too long", `whsec_${Buffer.alloc(65).toString("base64")}`],
  ["not base64", "whsec_this is not base64 at all!"],
  ["a password", "correct horse battery staple"],
  ["one of two that is none", `${EXAMPLE} x`],
  ["more than three", new Array<string>(4).fill(EXAMPLE).join(" ")],
])("refuses a secret that is %s, without repeating it", (_name, text) => {
  const error: unknown = (() => {
    try {
      return signingKeys(new Secret(text));
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: "secret_unreadable" });
  expect((error as Error).message).not.toContain(text);
});

test("a secret does not show itself", () => {
  const secret = new Secret("hunter2");
  expect(
    [`${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret }, { depth: 9, showHidden: true })}`].join(""),
  ).not.toContain("hunter2");
  expect(secret.reveal()).toBe("hunter2");
});
