import { ClientError } from "@holdfast/client";
import { expect, it } from "vitest";
import { failureOfClient } from "./failure-of-client.ts";

it("names this command's own setting when a server's certificate is not trusted", () => {
  const advice = "if the root CA is installed locally, try running Node.js with --use-system-ca";
  const error = new ClientError("untrusted_server", `the server is not trusted: self-signed certificate; ${advice}`);
  expect(failureOfClient(error, true)).toMatchObject({
    exitCode: 7,
    code: "untrusted_server",
    message: "the server is not trusted: self-signed certificate",
    hint: expect.stringMatching(/--cacert or HOLDFAST_CACERT/) as string,
  });
});
