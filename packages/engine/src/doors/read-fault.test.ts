import { expect, test } from "vitest";
import { readFaultOf } from "./read-fault.ts";

test.each([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "payload_too_large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported_media_type"],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", "invalid_input"],
  ["ECONNRESET", "invalid_input"],
])("%s becomes %s", (code, expected) => {
  expect(readFaultOf(Object.assign(new Error("hunter2"), { code }))).toMatchObject({
    code: expected,
    message: expect.not.stringContaining("hunter2") as string,
  });
});

test.each([new Error("hunter2"), "hunter2", undefined])("anything else is a body that could not be read", (error) => {
  expect(readFaultOf(error)).toMatchObject({
    code: "invalid_input",
    message: expect.not.stringContaining("hunter2") as string,
  });
});
