import type { Command } from "../command.ts";
import { exitCodeMeanings, upExitCodeMeanings } from "../exit-codes.ts";

/** The examples of a command, as its help shows them. */
export function examplesText({ examples }: Command): string {
  return `\nExamples:\n${examples.map(({ command, says }) => `  # ${says}\n  ${command}\n`).join("")}`;
}

/** What the help of `holdfast` itself adds: how a server is found, and what exit codes say. */
export function rootText(): string {
  return `
How the server is found: --address or --socket, HOLDFAST_ADDR or HOLDFAST_SOCKET, else the socket in ./.holdfast if that
folder is yours alone, else /run/holdfast/socket. A token (HOLDFAST_TOKEN) goes only to a place that is named.

Exit codes:
${exitCodeMeanings.map(lineOf).join("")}Exit codes of "holdfast up" alone:
${upExitCodeMeanings.map(lineOf).join("")}`;
}

function lineOf([code, meaning]: readonly [number, string]): string {
  return `  ${String(code).padStart(2)}  ${meaning}\n`;
}
