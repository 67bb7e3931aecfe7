import { type DatagramSocket, openDatagramSocket, socketAddress } from "./datagram-socket.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a service manager listens: `absent` when none asked to, `unavailable` when it cannot be reached, and why. */
export type NotifierState =
  | { readonly kind: "connected" }
  | { readonly kind: "absent" }
  | { readonly kind: "unavailable"; readonly reason: string };

/** Tells systemd how this process is, as sd_notify(3) does. Every call is a no-op where nobody listens, and never waits. */
export interface ServiceNotifier {
  readonly state: NotifierState;
  /** Start-up is done, or a reload is. */
  ready(status: string): void;
  /** A reload begins; `ready` ends it. */
  reloading(): void;
  stopping(status: string): void;
  /** One line for `systemctl status`. */
  status(text: string): void;
  /** The keep-alive of `WatchdogSec`. */
  alive(): void;
  close(): void;
}

const MAX_STATUS_CHARACTERS = 512;

/** The notifier that the environment asks for; `log` hears once of a message that did not arrive. */
export function serviceNotifier(
  environment: Environment,
  log: (reason: string) => void = () => undefined,
): ServiceNotifier {
  const { state, socket } = connect(environment);
  let hasFailed = false;
  const tell = (...lines: readonly string[]): void => {
    const sent = socket?.send(lines.join("\n"));
    if (sent === undefined || sent.ok || hasFailed) return;
    hasFailed = true;
    log(`a message to the service manager did not arrive (errno ${sent.errno})`);
  };
  return {
    state,
    ready: (status) => tell("READY=1", statusLine(status)),
    // systemd 253 and newer match it with the moment of their own signal (Type=notify-reload).
    reloading: () => tell("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`),
    stopping: (status) => tell("STOPPING=1", statusLine(status)),
    status: (text) => tell(statusLine(text)),
    alive: () => tell("WATCHDOG=1"),
    close: () => socket?.close(),
  };
}

function connect(environment: Environment): { readonly state: NotifierState; readonly socket?: DatagramSocket } {
  const place = environment["NOTIFY_SOCKET"];
  if (place === undefined || place === "") return { state: { kind: "absent" } };
  if (process.platform !== "linux") return unavailable("only Linux has NOTIFY_SOCKET");
  const address = socketAddress(place);
  if (address === undefined) return unavailable("NOTIFY_SOCKET is neither a path nor an abstract address");
  try {
    return { state: { kind: "connected" }, socket: openDatagramSocket(address) };
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : "no socket can be opened");
  }
}

function unavailable(reason: string): { readonly state: NotifierState } {
  return { state: { kind: "unavailable", reason } };
}

/** A line end would begin another assignment, such as MAINPID, which a status must never be able to write. */
function statusLine(text: string): string {
  return `STATUS=${text.replaceAll(/\p{Cc}/gu, " ").slice(0, MAX_STATUS_CHARACTERS)}`;
}

/** Takes out of the environment what a child could speak to the service manager with, as this process. */
export function dropServiceVariables(environment: Record<string, string | undefined>): void {
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
}
