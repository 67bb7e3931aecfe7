import type { Context } from "../../command.ts";
import { agentChecks } from "../agent-status/checks-of-agent.ts";
import { version } from "../../version.ts";
import { bundleCheck, nodeCheck } from "./checks-of-installation.ts";
import { folderCheck } from "./checks-of-folder.ts";
import { clockCheck, placeCheck, serverCheck, tlsCheck } from "./checks-of-server.ts";
import { type Finding, ok } from "./finding.ts";

type Found = Finding | readonly Finding[];
type Check = (context: Context, dataDir: string | undefined) => Found | Promise<Found>;

/** All checks, from the nearest to the farthest. */
export const checks: readonly Check[] = [
  () => ok("holdfast", `version ${version}`),
  nodeCheck,
  bundleCheck,
  folderCheck,
  placeCheck,
  tlsCheck,
  serverCheck,
  clockCheck,
  agentChecks,
];
