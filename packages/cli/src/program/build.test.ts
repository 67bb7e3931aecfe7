import type { Command as Program } from "commander";
import { expect, it } from "vitest";
import { buildProgram } from "./build.ts";

const programOf = (...words: string[]): Program =>
  words.reduce<Program>(
    (at, word) => at.commands.find((command) => command.name() === word)!,
    buildProgram({ command: undefined, given: undefined }),
  );

const helpOf = (...words: string[]): string => programOf(...words).helpInformation();

it("the help of a command for the agent names the agent's socket, and nothing that only a server has", () => {
  const help = helpOf("alerts", "list");
  expect(help).toContain("Unix socket of the agent (HOLDFAST_AGENT_SOCKET)");
  expect(help).not.toMatch(/--address|--cacert|--tenant|HOLDFAST_SOCKET/);
  expect(helpOf("put")).toMatch(/--address[^]*HOLDFAST_SOCKET[^]*--tenant/);
});

it("the help of sinks says where every option of them stands", () => {
  let help = "";
  programOf("sinks")
    .configureOutput({ writeOut: (text) => (help += text) })
    .outputHelp();
  expect(help).toContain("docs/sinks.md");
});
