import { describe, expect, test } from "vitest";
import { NotifyError } from "../errors.ts";
import { smtpError } from "./smtp-error.ts";

describe("what went wrong with a mail", () => {
  test.each([
    [
      "a log-in that is refused",
      { code: "EAUTH", responseCode: 535, command: "AUTH PLAIN" },
      "smtp_unauthorized",
      false,
    ],
    ["a log-in that is put off", { code: "EAUTH", responseCode: 454, command: "AUTH PLAIN" }, "smtp_deferred", true],
    ["no log-in on offer", { code: "ENOAUTH", command: "API" }, "smtp_unauthorized", false],
    [
      "a mailbox that does not exist",
      { code: "EENVELOPE", responseCode: 550, command: "RCPT TO" },
      "smtp_rejected",
      false,
    ],
    ["a mailbox that is full", { code: "EENVELOPE", responseCode: 452, command: "RCPT TO" }, "smtp_deferred", true],
    ["a message that is refused", { code: "EMESSAGE", responseCode: 554, command: "DATA" }, "smtp_rejected", false],
    [
      "a message that is too large to begin with",
      { code: "EMESSAGE", command: "MAIL FROM" },
      "message_too_large",
      false,
    ],
    ["a server that is full", { code: "EPROTOCOL", responseCode: 421, command: "CONN" }, "smtp_deferred", true],
    ["a server that takes no mail", { code: "EPROTOCOL", responseCode: 554, command: "CONN" }, "smtp_deferred", true],
    ["steps in a wrong order", { code: "EPROTOCOL", responseCode: 503, command: "MAIL FROM" }, "smtp_deferred", true],
    ["no STARTTLS on offer", { code: "ETLS", responseCode: 502, command: "STARTTLS" }, "tls_unavailable", false],
    [
      "a certificate that is not trusted",
      { code: "ESOCKET", originalCode: "DEPTH_ZERO_SELF_SIGNED_CERT" },
      "certificate_refused",
      true,
    ],
    ["a handshake that breaks", { code: "ETLS", originalCode: "ERR_SSL_WRONG_VERSION_NUMBER" }, "tls_failed", true],
    ["no answer", { code: "ETIMEDOUT", command: "CONN" }, "response_timeout", true],
    ["a connection that ends", { code: "ECONNECTION", command: "CONN" }, "smtp_failed", true],
    ["nothing that is known", "text", "smtp_failed", true],
  ] as const)("%s", (_name, thrown, code, isTransient) => {
    expect(smtpError(thrown, "mail.example.org:587")).toMatchObject({ code, isTransient });
  });

  test("repeats the numbers of an answer, and none of its words", () => {
    const thrown = Object.assign(new Error("550 <secret@example.org> no such user, said token=abc"), {
      code: "EENVELOPE",
      responseCode: 550,
      response: "550 <secret@example.org> no such user",
      command: "RCPT TO:<secret@example.org>",
    });
    const error = smtpError(thrown, "mail.example.org:587");
    expect(error.message).toBe("mail.example.org:587 answered 550 to RCPT TO");
    expect(error.cause).toBeUndefined();
  });

  test("is left alone when it is known already", () => {
    const error = new NotifyError("cancelled", "it was called off");
    expect(smtpError(error, "mail.example.org:587")).toBe(error);
  });
});
