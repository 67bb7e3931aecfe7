import { describe, expect, test } from "vitest";
import { parseSinks } from "./parse-sinks.ts";

const webhook = { name: "ops", kind: "webhook", url: "https://alerts.example.org/hook", secretFile: "/etc/ops.secret" };
const smtp = { name: "mail", kind: "smtp", host: "mail.example.org", from: "a@example.org", to: ["b@example.org"] };
const syslog = { name: "log", kind: "syslog", host: "log.example.org" };

function issuesOf(...sinks: readonly unknown[]): readonly string[] {
  const parsed = parseSinks(sinks);
  return parsed.ok ? [] : parsed.issues.map(({ path, message }) => `${path} ${message}`);
}

describe("settings of sinks", () => {
  test("have defaults that are the document's numbers, and the careful ones", () => {
    const parsed = parseSinks([webhook, { name: "out", kind: "stdout" }, smtp, syslog]);
    expect(parsed).toMatchObject({
      ok: true,
      sinks: [
        {
          name: "ops",
          kind: "webhook",
          route: {},
          rate: undefined,
          groupMs: 300_000,
          quietHours: [],
          retry: { attempts: 3, initialMs: 1_000, maxMs: 60_000, factor: 2 },
          breaker: { failures: 5, openMs: 30_000, successes: 2 },
          attemptTimeoutMs: 30_000,
          followsSameOrigin: false,
          network: { policy: { allowLoopback: false, allowPrivate: true, allowedNetworks: [] } },
          signingSecret: { file: "/etc/ops.secret" },
        },
        { kind: "stdout", groupMs: 0 },
        { kind: "smtp", security: "starttls", port: 587 },
        { kind: "syslog", transport: "tls", port: 6_514, facility: "authpriv", maxBytes: 8_192 },
      ],
    });
  });

  test("may say everything", () => {
    const parsed = parseSinks({
      routes: { urgent: { severities: ["high", "critical"], tags: ["execution"] } },
      sinks: [
        {
          ...webhook,
          route: "urgent",
          rate: { perMinute: 30, burst: 5 },
          groupSeconds: 60,
          quietHours: [
            { zone: "Europe/Berlin", days: ["sat", "sun"], from: "22:00", to: "07:00", passes: ["critical"] },
          ],
          retry: { attempts: 5, initialSeconds: 0.5, maxSeconds: 30 },
          breaker: { failures: 3, openSeconds: 10, successes: 1 },
          attemptTimeoutSeconds: 10,
          failuresTo: "out",
          allowPrivate: false,
          allowedNetworks: ["10.1.0.0/16"],
          caFile: "/etc/ca.pem",
          authorizationCredential: "ops-token",
          followRedirectsToSameOrigin: true,
        },
        { name: "out", kind: "stdout", route: { rules: ["exec-*", "miner"] } },
      ],
    });
    expect(parsed).toMatchObject({
      ok: true,
      sinks: [
        {
          route: { severities: ["high", "critical"], tags: ["execution"] },
          quietHours: [{ fromMinute: 1_320, toMinute: 420, days: ["sat", "sun"] }],
          retry: { attempts: 5, initialMs: 500, maxMs: 30_000, factor: 2 },
          authorization: { credential: "ops-token" },
        },
        { route: { rules: ["exec-*", "miner"] } },
      ],
    });
  });

  test("may be none", () => {
    expect(parseSinks([])).toEqual({ ok: true, sinks: [] });
    expect(parseSinks({ sinks: [] })).toEqual({ ok: true, sinks: [] });
    expect(parseSinks({})).toEqual({ ok: true, sinks: [] });
  });

  test.each([
    [
      "a kind that nobody knows",
      { ...webhook, kind: "carrier-pigeon" },
      "sinks[0].kind must be one of webhook, slack, teams, smtp, syslog, stdout",
    ],
    [
      "a kind by another name",
      { ...webhook, kind: "email" },
      "sinks[0].kind must be one of webhook, slack, teams, smtp, syslog, stdout; did you mean smtp?",
    ],
    [
      "a kind that is misspelt",
      { ...webhook, kind: "websock" },
      expect.stringContaining("sinks[0].kind must be one of"),
    ],
    [
      "a route that is not defined",
      { ...webhook, route: "urgent" },
      "sinks[0].route must be the name of a route, and none is defined",
    ],
    [
      "a severity that is misspelt",
      { ...webhook, route: { severities: ["hihg"] } },
      expect.stringContaining("sinks[0].route.severities[0]"),
    ],
    [
      "an empty list, which could mean everything",
      { ...webhook, route: { severities: [] } },
      "sinks[0].route.severities must be a list of 1 to 5",
    ],
    [
      "a route that names nothing",
      { ...webhook, route: {} },
      "sinks[0].route must name severities, rules or tags; leave it out to take everything",
    ],
    [
      "a setting that is misspelt",
      { ...webhook, secretfile: "/x" },
      "sinks[0].secretfile is not known; did you mean secretFile?",
    ],
    ["a secret in the settings", { ...webhook, secret: "whsec_hunter2" }, "sinks[0].secret is not known"],
    [
      "a missing secret",
      { ...webhook, secretFile: undefined },
      "sinks[0].secretFile is missing (or secretCredential): the secret is read from there",
    ],
    [
      "two secrets",
      { ...webhook, secretCredential: "ops" },
      "sinks[0].secretCredential must not stand beside secretFile",
    ],
    [
      "a relative path",
      { ...webhook, secretFile: "ops.secret" },
      "sinks[0].secretFile must be the absolute path of a file",
    ],
    [
      "plain HTTP",
      { ...webhook, url: "http://alerts.example.org/" },
      expect.stringContaining("sinks[0].url must begin with https://"),
    ],
    [
      "plain HTTP to this host, not allowed",
      { ...webhook, url: "http://127.0.0.1/" },
      expect.stringContaining("allowLoopback"),
    ],
    ["a file", { ...webhook, url: "file:///etc/passwd" }, "sinks[0].url must begin with https://"],
    [
      "a password in an address",
      { ...webhook, url: "https://a:b@alerts.example.org/" },
      expect.stringContaining("no name or password"),
    ],
    ["a metadata service", { ...webhook, url: "https://169.254.169.254/" }, expect.stringContaining("may not reach")],
    ["this host in another writing", { ...webhook, url: "https://0x7f.1/" }, expect.stringContaining("may not reach")],
    ["this host in IPv6", { ...webhook, url: "https://[::ffff:127.0.0.1]/" }, expect.stringContaining("may not reach")],
    [
      "a network that is almost everything",
      { ...webhook, allowedNetworks: ["0.0.0.0/0"] },
      expect.stringContaining("must have a length of 8"),
    ],
    [
      "a network with bits behind its length",
      { ...webhook, allowedNetworks: ["10.0.0.1/8"] },
      expect.stringContaining("must be a network"),
    ],
    [
      "a certificate without its key",
      { ...webhook, certFile: "/c.pem" },
      "sinks[0].keyFile is missing: a certificate and its key go together",
    ],
    [
      "a time zone that does not exist",
      { ...webhook, quietHours: [{ zone: "Mars/Base", from: "22:00", to: "07:00" }] },
      expect.stringContaining("quietHours[0].zone"),
    ],
    [
      "a time of day that is a number",
      { ...webhook, quietHours: [{ zone: "UTC", from: 22, to: "07:00" }] },
      expect.stringContaining('such as "22:00"'),
    ],
    [
      "attempts without end",
      { ...webhook, retry: { attempts: 1_000 } },
      "sinks[0].retry.attempts must be a whole number from 1 to 20",
    ],
    ["a name with blanks", { ...webhook, name: "Ops Team" }, expect.stringContaining("sinks[0].name must be a name")],
    ["a missing name", { ...webhook, name: undefined }, "sinks[0].name is missing"],
    [
      "another sink that is not there",
      { ...webhook, failuresTo: "other" },
      expect.stringContaining("sinks[0].failuresTo must be the name of another sink"),
    ],
    [
      "itself to tell of its failures",
      { ...webhook, failuresTo: "ops" },
      expect.stringContaining("sinks[0].failuresTo"),
    ],
    ["what is no object", "webhook", "sinks[0] must be an object"],
    [
      "a mail address with a line end",
      { ...smtp, to: ["a@example.org\r\nBcc: all@example.org"] },
      "sinks[0].to[0] must be a mail address such as alerts@example.org",
    ],
    ["a mail address with a name", { ...smtp, from: "Ops <a@example.org>" }, expect.stringContaining("sinks[0].from")],
    ["a password without a name", { ...smtp, passwordFile: "/p" }, "sinks[0].user is missing: a password goes with it"],
    [
      "a name without a password",
      { ...smtp, user: "ops" },
      expect.stringContaining("sinks[0].passwordFile is missing"),
    ],
    [
      "plain SMTP to another host",
      { ...smtp, security: "none" },
      expect.stringContaining("sinks[0].host must be this host"),
    ],
    ["a metadata service for syslog", { ...syslog, host: "169.254.169.254" }, expect.stringContaining("may not reach")],
    [
      "a facility that does not exist",
      { ...syslog, facility: "local9" },
      expect.stringContaining("did you mean local0?"),
    ],
  ])("refuse %s", (_name, sink, expected) => {
    expect(issuesOf(sink)).toEqual([expected]);
  });

  test("say all that is wrong at once, and repeat no value", () => {
    const issues = issuesOf({ ...webhook, url: "ftp://hunter2/", rate: { perMinute: "hunter2" }, color: "hunter2" });
    expect(issues).toHaveLength(3);
    expect(issues.join()).not.toContain("hunter2");
  });

  test("refuse two sinks of one name, and more than anybody needs", () => {
    expect(issuesOf(webhook, { ...webhook })).toEqual(["sinks[1].name is another sink's name too"]);
    const many = Array.from({ length: 33 }, (_, index) => ({ name: `s${index}`, kind: "stdout" }));
    expect(issuesOf(...many)).toEqual(["sinks must be a list of 1 to 32"]);
  });

  test("refuse a route by its near miss", () => {
    const parsed = parseSinks({
      routes: { urgent: { severities: ["high"] } },
      sinks: [{ ...webhook, route: "urgnet" }],
    });
    expect(parsed).toMatchObject({
      issues: [{ path: "sinks[0].route", message: "must be one of urgent; did you mean urgent?" }],
    });
    expect(parseSinks({ routes: { "a b": { severities: ["huge"] } }, sinks: [] })).toMatchObject({
      issues: [{ path: "routes.a b" }, { path: "routes.a b.severities[0]" }],
    });
    expect(parseSinks({ sink: [] })).toMatchObject({ issues: [{ message: "is not known; did you mean sinks?" }] });
    expect(parseSinks("none")).toMatchObject({ issues: [{ path: "", message: "must be an object" }] });
  });

  test("refuse rules that do not exist, where it is known which do", () => {
    const sink = (rules: readonly string[]) => [{ name: "out", kind: "stdout", route: { rules } }];
    const ruleIds = ["exec-from-tmp", "miner"];
    expect(parseSinks(sink(["exec-*", "miner"]), { ruleIds })).toMatchObject({ ok: true });
    expect(parseSinks(sink(["minr", "exit-*"]), { ruleIds })).toMatchObject({
      issues: [{ path: "sinks[0].route.rules[0]" }, { path: "sinks[0].route.rules[1]" }],
    });
  });

  test("let what is not encrypted stay on this host", () => {
    const parsed = parseSinks([
      { ...smtp, host: "localhost", security: "none", allowLoopback: true },
      { ...webhook, url: "http://localhost:8080/hook", allowLoopback: true },
    ]);
    expect(parsed).toMatchObject({ ok: true, sinks: [{ port: 25, network: { policy: { loopbackOnly: true } } }, {}] });
  });
});
