/** Front door of the agent: what the command starts. */
export { agent, type AgentOptions } from "./main/agent.ts";
export { verifyAgentFolder, type VerifyAgentFolderOptions } from "./main/verify-agent-folder.ts";
export { exportRootKey } from "./main/export-root-key.ts";
export { type AgentSetting, shownSettings } from "./main/shown-settings.ts";
