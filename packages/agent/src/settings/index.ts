/** Front door of the agent's settings. */
export { type AgentPlaces, agentPlaces } from "./agent-places.ts";
export { agentSettings } from "./agent-settings.ts";
export { describeAgentSettings, showAgentSettings } from "./describe.ts";
export { addressOf } from "./contradictions.ts";
export { type OwnFiles, ownFiles } from "./own-files.ts";
export { planAgentReload } from "./reload.ts";
export type { AgentSettings } from "./schema.ts";
export { parsedSinks } from "./sink-settings.ts";
