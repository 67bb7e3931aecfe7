import type { Environment } from "@holdfast/runtime";

/** What programs need to find their way; nothing here is a secret. */
const PLAIN = new Set(
  ["PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR NO_COLOR TERM NODE_V8_COVERAGE HOLDFAST_DEBUG"].flatMap(
    (names) => names.split(" "),
  ),
);
/** Of the desktop's session, where the credential store is; locale; and the agent's own settings. */
const PREFIXES = ["XDG_", "DBUS_SESSION_BUS_", "LC_", "HOLDFAST_AGENT_"];

/** What commands that ask some agent are told; this one listens in its own folder. */
const OF_CLIENTS = new Set(["HOLDFAST_AGENT_TOKEN", "HOLDFAST_AGENT_SOCKET"]);

/**
 * The environment of the agent: what it is known to need, not what the server has without some names. A root key, a
 * password of the database or a token of whoever started the server never reaches it (ATTACKS 47).
 */
export function agentEnvironment(
  environment: Environment,
  { dataDir, checkpointDir }: { readonly dataDir: string; readonly checkpointDir: string },
): Record<string, string> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && isKept(name) ? [[name, value] as const] : [],
  );
  // Both write to one place: what reads it reads one format, unless the agent is told another.
  const format = environment["HOLDFAST_LOG_FORMAT"];
  return {
    HOLDFAST_AGENT_CHECKPOINT_DIR: checkpointDir,
    ...(format !== undefined && { HOLDFAST_AGENT_LOG_FORMAT: format }),
    // One heap for all threads of the C library: an agent has little memory.
    MALLOC_ARENA_MAX: "1",
    ...Object.fromEntries(kept),
    HOLDFAST_AGENT_DATA_DIR: dataDir,
  };
}

const isKept = (name: string): boolean =>
  PLAIN.has(name) || (PREFIXES.some((prefix) => name.startsWith(prefix)) && !OF_CLIENTS.has(name));
