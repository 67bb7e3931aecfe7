import { describe, expect, test } from "vitest";
import { notificationOf } from "../notification.fixture.ts";
import { factsOf, headingOf } from "./facts.ts";
import { mailText } from "./mail-text.ts";
import { notificationJson } from "./notification-json.ts";
import { slackMessage } from "./slack-message.ts";
import { syslogMessage } from "./syslog-message.ts";
import { teamsMessage } from "./teams-message.ts";

/** What a process can put into its own name, arguments and folder. */
const hostile = notificationOf({
  title: "<!channel> <https://evil.example.org|click> [x](https://evil.example.org)\r\nBcc: all@example.org",
  summary: "one\n\nRule: quiet\n\u202Egnp.exe",
  host: "web-1\r\nX-Evil: yes",
  details: { "cmd\nline": "</at>\u0000" },
});

test("programs get stable names, and times as RFC 3339", () => {
  expect(notificationJson(notificationOf())).toMatchInlineSnapshot(`
    {
      "attack": [
        "T1059.004",
      ],
      "context": {},
      "count": 1,
      "details": {
        "hash": null,
        "parent": "/usr/bin/bash",
        "path": "/tmp/x",
        "pid": 4242,
      },
      "firstSeenAt": "2026-03-02T09:30:15.250Z",
      "host": "web-1",
      "id": "al_7",
      "lastSeenAt": "2026-03-02T09:30:15.250Z",
      "ruleId": "exec-from-tmp",
      "seq": 7,
      "severity": "high",
      "summary": "/tmp/x was started by bash",
      "tags": [],
      "title": "Program run from a temporary folder",
    }
  `);
});

test("what is known beside the rule's columns is told apart from them, to people and to programs", () => {
  const notification = notificationOf({ details: { pid: 7 }, context: { path: "/tmp/x", sha256: null } });
  const named = ({ name }: { readonly name: string }) => name === "pid" || name.startsWith("context.");
  expect(factsOf(notification).filter(named)).toEqual([
    { name: "pid", value: "7" },
    { name: "context.path", value: "/tmp/x" },
    { name: "context.sha256", value: "" },
  ]);
  expect(mailText(notification, "example.org").text).toContain("pid: 7\ncontext.path: /tmp/x\n");
  expect(notificationJson(notification)).toMatchObject({ details: { pid: 7 }, context: notification.context });
  const format = { facility: "authpriv", appName: "holdfast", enterpriseId: 1, maxBytes: 8_192 } as const;
  expect(String(syslogMessage(notification, 1, format))).toContain(' d.pid="7" c.path="/tmp/x" c.sha256=""]');
});

test("a time that no year of four digits holds does not break a message", () => {
  expect(notificationJson(notificationOf({ lastSeenAt: Number.MAX_SAFE_INTEGER })).lastSeenAt).toBe(
    "9999-12-31T23:59:59.999Z",
  );
});

test("people get a heading, and facts", () => {
  expect(headingOf(notificationOf())).toBe("[high] Program run from a temporary folder on web-1");
  expect(headingOf(notificationOf({ count: 12 }))).toBe(
    "[high] Program run from a temporary folder on web-1 (12 times)",
  );
  expect(headingOf(notificationOf({ title: "x".repeat(300), host: "y".repeat(300) })).length).toBeLessThanOrEqual(150);
  const facts = factsOf(notificationOf({ count: 2, lastSeenAt: notificationOf().firstSeenAt + 1_000 }));
  expect(facts.map(({ name, value }) => `${name}: ${value}`)).toMatchInlineSnapshot(`
    [
      "Severity: high",
      "Host: web-1",
      "Rule: exec-from-tmp",
      "Count: 2",
      "First seen: 2026-03-02T09:30:15.250Z",
      "Last seen: 2026-03-02T09:30:16.250Z",
      "ATT&CK: T1059.004",
      "path: /tmp/x",
      "pid: 4242",
      "parent: /usr/bin/bash",
      "hash: ",
      "Alert: al_7",
    ]
  `);
});

/** Lengths of the texts in a part of a message. */
const textsIn = (value: unknown) =>
  Array.from(JSON.stringify(value).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g), ([, text]) => text!.length);

describe("Slack", () => {
  test("gets blocks of plain text", () => {
    expect(slackMessage(notificationOf())).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "emoji": false,
              "text": "[high] Program run from a temporary folder on web-1",
              "type": "plain_text",
            },
            "type": "header",
          },
          {
            "text": {
              "emoji": false,
              "text": "/tmp/x was started by bash",
              "type": "plain_text",
            },
            "type": "section",
          },
          {
            "fields": [
              {
                "emoji": false,
                "text": "Severity: high",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Host: web-1",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Rule: exec-from-tmp",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "First seen: 2026-03-02T09:30:15.250Z",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "ATT&CK: T1059.004",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "path: /tmp/x",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "pid: 4242",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "parent: /usr/bin/bash",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "hash: ",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Alert: al_7",
                "type": "plain_text",
              },
            ],
            "type": "section",
          },
        ],
        "text": "[high] Program run from a temporary folder on web-1",
        "unfurl_links": false,
        "unfurl_media": false,
      }
    `);
  });

  test("is called by nothing that a host says, and linked to nothing", () => {
    const { text, blocks } = slackMessage(hostile);
    expect(text).not.toMatch(/[<>\n]/);
    expect(text).toContain("&lt;!channel&gt;");
    const kinds = JSON.stringify(blocks).matchAll(/"type":"([a-z_]+)"/g);
    expect(new Set(Array.from(kinds, ([, kind]) => kind))).toEqual(new Set(["header", "section", "plain_text"]));
  });

  test("is never sent more than it takes", () => {
    const details = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`d${index}`, "x".repeat(2_000)]));
    const { blocks } = slackMessage(notificationOf({ details, summary: "s".repeat(4_096) }));
    expect(blocks.length).toBeLessThanOrEqual(50);
    const lengths = (...members: readonly string[]) =>
      blocks.flatMap((block) =>
        Object.entries(block).flatMap(([member, value]) =>
          members.includes(`${block.type}.${member}`) ? textsIn(value) : [],
        ),
      );
    expect(Math.max(...lengths("header.text"))).toBeLessThanOrEqual(150);
    expect(Math.max(...lengths("section.text"))).toBeLessThanOrEqual(3_000);
    expect(Math.max(...lengths("section.fields"))).toBeLessThanOrEqual(2_000);
  });
});

describe("Teams", () => {
  test("gets an Adaptive Card of text runs", () => {
    expect(teamsMessage(notificationOf())).toMatchInlineSnapshot(`
      {
        "attachments": [
          {
            "content": {
              "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
              "body": [
                {
                  "inlines": [
                    {
                      "color": "Attention",
                      "size": "Medium",
                      "text": "[high] Program run from a temporary folder on web-1",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "/tmp/x was started by bash",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Severity: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "high",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Host: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "web-1",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Rule: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "exec-from-tmp",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "First seen: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "2026-03-02T09:30:15.250Z",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "ATT&CK: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "T1059.004",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "path: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "/tmp/x",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "pid: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "4242",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "parent: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "/usr/bin/bash",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "hash: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Alert: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "al_7",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
              ],
              "msteams": {
                "width": "Full",
              },
              "type": "AdaptiveCard",
              "version": "1.4",
            },
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
          },
        ],
        "type": "message",
      }
    `);
  });

  test("has nothing to read as Markdown, and at most 28 KB", () => {
    const details = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`d${index}`, "é".repeat(2_000)]));
    const message = JSON.stringify(teamsMessage({ ...hostile, details, summary: "s".repeat(4_096) }));
    expect(message).not.toContain('"TextBlock"');
    expect(message).not.toContain('"FactSet"');
    expect(Buffer.byteLength(message)).toBeLessThan(28 * 1024);
  });
});

describe("mail", () => {
  test("has a subject, facts, and an id that stays", () => {
    expect(mailText(notificationOf(), "example.org")).toMatchInlineSnapshot(`
      {
        "headers": {
          "Auto-Submitted": "auto-generated",
          "X-Holdfast-Host": "web-1",
          "X-Holdfast-Id": "al_7",
          "X-Holdfast-Rule": "exec-from-tmp",
          "X-Holdfast-Severity": "high",
        },
        "messageId": "<al_7@example.org>",
        "subject": "[high] Program run from a temporary folder on web-1",
        "text": "/tmp/x was started by bash

      Severity: high
      Host: web-1
      Rule: exec-from-tmp
      First seen: 2026-03-02T09:30:15.250Z
      ATT&CK: T1059.004
      path: /tmp/x
      pid: 4242
      parent: /usr/bin/bash
      hash: 
      Alert: al_7
      ",
      }
    `);
  });

  test("is never given a line end by what a host says", () => {
    const { subject, text, headers } = mailText(hostile, "example.org");
    for (const value of [subject, ...Object.values(headers)]) expect(value).not.toMatch(/[\r\n]/);
    // Each fact stands on a line of its own, and none of them is made up.
    expect(text.split("\n").filter((line) => line.startsWith("Rule:"))).toEqual(["Rule: exec-from-tmp"]);
  });

  test.each(["al:7", "a..b", ".a", "ümlaut"])("the id %s becomes one that a mail may have", (id) => {
    expect(mailText(notificationOf({ id }), "example.org").messageId).toMatch(/^<[0-9a-f]{64}@example\.org>$/);
  });
});
