import { createSocket } from "node:dgram";
import { isIPv6, type Socket } from "node:net";
import { NotifyError } from "../errors.ts";
import { type SyslogFormat, syslogMessage } from "../format/syslog-message.ts";
import { addressesOf, dial, type DialOptions, placeOf, type Target } from "../net/dial.ts";
import { secure, type TlsMaterial } from "../net/secure.ts";
import { within } from "../net/within.ts";
import { healthOf } from "./health.ts";
import type { Sink } from "./sink.ts";

export interface SyslogOptions {
  readonly name: string;
  readonly target: Target;
  readonly transport: "udp" | "tcp" | "tls";
  readonly format: SyslogFormat;
  readonly dialing: DialOptions;
  readonly tls: TlsMaterial;
}

/** Sends RFC 5424 over UDP (RFC 5426), over TCP counted in octets (RFC 6587), or over TLS (RFC 5425). */
export function syslogSink(options: SyslogOptions): Sink {
  const { name, transport, format } = options;
  return {
    name,
    kind: "syslog",
    async send(notification, signal) {
      const message = syslogMessage(notification, process.pid, format);
      if (transport === "udp") return sendDatagram(message, options, signal);
      return { isConfirmed: await sendCounted(message, options, signal) };
    },
    check: (signal) =>
      healthOf(signal, async () => {
        if (transport === "udp") {
          await addressesOf(options.target, options.dialing);
          return "unconfirmed";
        }
        (await connectTo(options, signal)).destroy();
        return "connected";
      }),
  };
}

async function connectTo({ target, transport, dialing, tls }: SyslogOptions, signal: AbortSignal): Promise<Socket> {
  const socket = await dial(target, dialing, signal);
  return transport === "tls" ? secure(socket, target, tls, dialing.timeoutMs, signal) : socket;
}

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Syslog over a stream is never acknowledged, and what a dying connection still took is lost without a word. So each
 * message has a connection of its own, and has arrived when the receiver, having read to the end, closes it too. Returns
 * whether it did.
 */
async function sendCounted(message: Buffer, options: SyslogOptions, signal: AbortSignal): Promise<boolean> {
  const socket = await connectTo(options, signal);
  const place = placeOf(options.target);
  const timeout = { code: "write_stalled", message: `${place} does not read` } as const;
  try {
    await within(options.dialing.timeoutMs, signal, timeout, () => writeAndEnd(socket, message));
    return await closedByOther(socket, signal);
  } catch (cause) {
    if (cause instanceof NotifyError) throw cause;
    throw new NotifyError("write_failed", `${place} broke the connection`, { cause });
  } finally {
    socket.destroy();
  }
}

function writeAndEnd(socket: Socket, message: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("closed")));
  socket.end(Buffer.concat([Buffer.from(`${message.byteLength} `), message]), resolve);
  return promise;
}

/** Rejects when it was broken instead: what was written may not have been read. */
async function closedByOther(socket: Socket, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CLOSE_TIMEOUT_MS);
  const callOff = () => resolve(false);
  signal.addEventListener("abort", callOff, { once: true });
  socket.once("error", reject);
  socket.once("end", () => resolve(true));
  if (socket.readableEnded) resolve(true);
  if (socket.errored) reject(socket.errored);
  socket.resume();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", callOff);
  }
}

/** How long a refusal (ICMP) is waited for: the only answer that UDP has. */
const REFUSAL_MS = 50;

async function sendDatagram(message: Buffer, options: SyslogOptions, signal: AbortSignal) {
  const { target, dialing } = options;
  const place = placeOf(target);
  const timeout = { code: "connect_timeout", message: `${place} cannot be sent to in time` } as const;
  return within(dialing.timeoutMs, signal, timeout, async () => {
    const [address] = await addressesOf(target, dialing);
    try {
      await datagram(message, address!, target.port);
      return { isConfirmed: false };
    } catch (cause) {
      throw new NotifyError("write_failed", `${place} cannot be sent to`, { cause });
    }
  });
}

async function datagram(message: Buffer, address: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.once("error", reject);
  let timer: NodeJS.Timeout | undefined;
  // Connected: only so does the kernel tell that nobody listens there.
  socket.connect(port, address, () => {
    socket.send(message, (error) => {
      if (error) reject(error);
      else timer = setTimeout(resolve, REFUSAL_MS);
    });
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.on("error", () => undefined).close();
  }
}
