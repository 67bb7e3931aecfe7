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

it("says of a refused query what its place is, and not where it stood in the call", () => {
  const message = "there is no column nme (column_unknown), at line 1, column 13";
  const position = { offset: 12, line: 1, column: 13 };
  const errors = [{ pointer: "/body/sql", message: "there is no column nme", position }];
  const error = new ClientError("query_refused", message, { status: 400, errors, hint: "did you mean name?" });
  expect(failureOfClient(error, true)).toMatchObject({ exitCode: 2, message, hint: "did you mean name?" });
});

it.each([
  ["/params/rule", "what was given cannot be the name of a rule"],
  ["/query/rule", "what --rule was given cannot be one"],
])("says in words that what was typed is no name: %s", (pointer, message) => {
  const errors = [{ pointer, message: 'must match pattern "^[a-z]+$"' }];
  const error = new ClientError("invalid_input", `${pointer} must match pattern "^[a-z]+$".`, { status: 400, errors });
  expect(failureOfClient(error, true)).toMatchObject({ exitCode: 2, message });
});
