import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { asNotifyError, NotifyError, notifyErrorCodes } from "./errors.ts";

describe("NotifyError", () => {
  it("has these codes, which are public and stay", () => {
    expect(notifyErrorCodes).toMatchInlineSnapshot(`
      [
        "settings_invalid",
        "secret_unreadable",
        "notification_invalid",
        "sink_unknown",
        "notifier_closed",
        "outbox_failed",
        "outbox_damaged",
        "outbox_newer",
        "outbox_in_use",
        "address_refused",
        "name_unresolved",
        "connect_failed",
        "connect_timeout",
        "tls_failed",
        "tls_unavailable",
        "certificate_refused",
        "response_timeout",
        "response_invalid",
        "redirect_refused",
        "http_rejected",
        "http_unauthorized",
        "http_gone",
        "http_failed",
        "throttled",
        "smtp_rejected",
        "smtp_unauthorized",
        "smtp_deferred",
        "smtp_failed",
        "message_too_large",
        "write_failed",
        "write_stalled",
        "pipe_broken",
        "attempt_timeout",
        "cancelled",
        "unexpected",
      ]
    `);
  });

  it("tells for each code whether trying again may help", () => {
    const transient = notifyErrorCodes.filter((code) => new NotifyError(code, "").isTransient);
    expect(transient).toMatchInlineSnapshot(`
      [
        "outbox_failed",
        "outbox_damaged",
        "name_unresolved",
        "connect_failed",
        "connect_timeout",
        "tls_failed",
        "certificate_refused",
        "response_timeout",
        "response_invalid",
        "http_failed",
        "throttled",
        "smtp_deferred",
        "smtp_failed",
        "write_failed",
        "write_stalled",
        "pipe_broken",
        "attempt_timeout",
        "cancelled",
        "unexpected",
      ]
    `);
  });

  it("blames the sink for what the sink did only", () => {
    const blamed = (who: string) => notifyErrorCodes.filter((code) => new NotifyError(code, "").blames === who);
    expect(blamed("message")).toEqual(["notification_invalid", "http_rejected", "smtp_rejected", "message_too_large"]);
    expect(blamed("nobody")).toContain("throttled");
    expect(blamed("sink")).toContain("connect_timeout");
  });

  it("repeats nothing of what a stranger threw", () => {
    const stranger = Object.assign(new TypeError("https://hooks.example.org/T0/secret"), { code: "ERR_X" });
    const error = asNotifyError(stranger);
    expect(error).toMatchObject({ code: "unexpected", message: "an unexpected TypeError ERR_X", cause: stranger });
    expect(asNotifyError("text").message).toBe("an unexpected value was thrown");
    expect(asNotifyError(error)).toBe(error);
    expect(inspect(error.message)).not.toContain("secret");
  });
});
