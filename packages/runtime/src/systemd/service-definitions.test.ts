import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { deployed, textOf } from "./unit.fixture.ts";
import { parseXml, type XmlElement } from "./xml.fixture.ts";

const hasPython = spawnSync("python3", ["-c", "import plistlib"]).status === 0;

/** What a property list says. */
function plistValue(element: XmlElement): unknown {
  const elements = element.children.filter((child) => typeof child !== "string");
  switch (element.name) {
    case "dict":
      return Object.fromEntries(
        elements.flatMap((key, index) =>
          key.name === "key" ? [[key.children[0] as string, plistValue(elements[index + 1]!)]] : [],
        ),
      );
    case "array":
      return elements.map(plistValue);
    case "integer":
      return Number(element.children[0]);
    case "true":
    case "false":
      return element.name === "true";
    default:
      return element.children[0] ?? "";
  }
}

describe("the service definition for macOS", () => {
  const plist = parseXml(textOf("launchd/dev.holdfast.agent.plist"));
  const definition = plistValue(plist.children[0] as XmlElement) as Readonly<Record<string, unknown>>;

  it("starts the agent again whenever it ends, as a user of its own, with no core files", () => {
    expect(plist.name).toBe("plist");
    expect(definition).toMatchObject({
      Label: "dev.holdfast.agent",
      ProgramArguments: ["/usr/local/bin/holdfast", "agent"],
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 5,
      UserName: "_holdfast",
      Umask: 0o077,
      AbandonProcessGroup: false,
      HardResourceLimits: { Core: 0 },
    });
  });

  it("has the name of its file, and names only files of its own", () => {
    expect(deployed(`launchd/${String(definition["Label"])}.plist`).href).toBe(
      deployed("launchd/dev.holdfast.agent.plist").href,
    );
    const { HOLDFAST_AGENT_DATA_DIR } = definition["EnvironmentVariables"] as Readonly<Record<string, string>>;
    expect(definition["WorkingDirectory"]).toBe(HOLDFAST_AGENT_DATA_DIR);
    expect(textOf("launchd/README.md")).toContain(HOLDFAST_AGENT_DATA_DIR);
  });

  it.skipIf(!hasPython)("says the same to another reader of property lists (needs python3)", () => {
    const program = "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
    const path = fileURLToPath(deployed("launchd/dev.holdfast.agent.plist"));
    const { stdout } = spawnSync("python3", ["-c", program, path], { encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual(definition);
  });
});

describe("the service definition for Windows", () => {
  const service = parseXml(textOf("windows/holdfast-agent.xml"));
  const elements = service.children.filter((child) => typeof child !== "string");
  const textIn = (name: string) => elements.find((element) => element.name === name)?.children[0];
  const installer = textOf("windows/install.cmd");

  it("starts the agent again whenever it ends, as an account of its own", () => {
    expect(service.name).toBe("service");
    expect(textIn("id")).toBe("holdfast-agent");
    expect(textIn("arguments")).toContain("--disable-sigusr1");
    const failure = elements.find(({ name }) => name === "onfailure");
    expect(failure?.attributes).toEqual({ action: "restart", delay: "5 sec" });
    const account = elements.find(({ name }) => name === "serviceaccount")?.children[0];
    expect((account as XmlElement).children).toEqual([String.raw`NT SERVICE\holdfast-agent`]);
  });

  it("leaves its token two privileges, and its folders to itself and administrators", () => {
    expect(installer).toContain("sc.exe privs holdfast-agent SeDebugPrivilege/SeChangeNotifyPrivilege");
    const granted = [...installer.matchAll(/^\s*icacls .*$/gm)].map(([line]) => line);
    expect(granted).toHaveLength(2);
    for (const line of granted) {
      expect(line).toContain("/inheritance:r");
      const names = [...line.matchAll(/"([^":]+):\(OI\)/g)].map(([, name]) => name);
      expect(names).toEqual(["*S-1-5-32-544", "*S-1-5-18", "%SERVICE%"]);
    }
  });

  it("ends its lines as Windows does, without which labels and loops of a script can break", () => {
    expect(
      installer
        .split("\n")
        .slice(0, -1)
        .every((line) => line.endsWith("\r")),
    ).toBe(true);
  });
});

describe("the reader of XML in these tests", () => {
  it.each(["<a>", "<a></b>", "<a/><b/>", "<a>&</a>", "<a b=c/>", "x<a/>", "<a><!-- -- --></a>", "", "<a"])(
    "refuses what is not well-formed: %j",
    (text) => {
      expect(() => parseXml(text)).toThrow(Error);
    },
  );
});
