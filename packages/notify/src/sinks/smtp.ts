import type { Socket } from "node:net";
import { mailText } from "../format/mail-text.ts";
import { dial, type DialOptions, placeOf, type Target } from "../net/dial.ts";
import { type TlsMaterial, tlsOptionsFor } from "../net/secure.ts";
import { reasonOf } from "../net/within.ts";
import type { Notification } from "../notification.ts";
import { healthOf } from "./health.ts";
import type { Secret } from "./secret.ts";
import type { Sent, Sink } from "./sink.ts";
import { smtpError } from "./smtp-error.ts";

export interface SmtpOptions {
  readonly name: string;
  readonly target: Target;
  /** `implicit`: from the first byte (port 465). `starttls`: or nothing is sent. `none`: plain, to loopback only. */
  readonly security: "implicit" | "starttls" | "none";
  readonly dialing: DialOptions;
  readonly tls: TlsMaterial;
  readonly auth?: { readonly user: string; readonly password: Secret };
  readonly from: string;
  readonly to: readonly string[];
  /** What we call ourselves in EHLO. */
  readonly ownName: string;
  /** For each step of the dialogue. */
  readonly responseTimeoutMs: number;
}

const MOST_RESPONSE_BYTES = 64 * 1024;

/** Sends one mail for each notification, over a connection of its own. */
export function smtpSink(options: SmtpOptions): Sink {
  const { name } = options;
  return {
    name,
    kind: "smtp",
    send: (notification, signal) => send(options, notification, signal),
    check: (signal) => healthOf(signal, () => verify(options, signal)),
  };
}

async function send(options: SmtpOptions, notification: Notification, signal: AbortSignal): Promise<Sent> {
  const { from, to, target } = options;
  const domain = from.slice(from.lastIndexOf("@") + 1);
  return talk(options, signal, async (transport) => {
    const { rejectedErrors = [] } = await transport.sendMail({
      ...mailText(notification, domain),
      from: { name: "Holdfast", address: from },
      to: [...to],
      envelope: { from, to: [...to] },
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // Some have it. Whom the server put off is tried again, and the others know the message by its id.
    const putOff = rejectedErrors.find(({ responseCode = 0 }) => responseCode < 500);
    if (putOff !== undefined) throw smtpError(putOff, placeOf(target));
    const refusedRecipients = rejectedErrors.length;
    return { isConfirmed: true, ...(refusedRecipients > 0 && { refusedRecipients }) };
  });
}

async function verify(options: SmtpOptions, signal: AbortSignal): Promise<"authenticated" | "connected"> {
  await talk(options, signal, (transport) => transport.verify());
  return options.auth === undefined ? "connected" : "authenticated";
}

type Transport = Awaited<ReturnType<typeof transportOver>>;

/** The connection is ours, so that its address was checked, and so that it ends when the attempt does. */
async function talk<T>(
  options: SmtpOptions,
  signal: AbortSignal,
  work: (transport: Transport) => Promise<T>,
): Promise<T> {
  const socket = await dial(options.target, options.dialing, signal);
  const callOff = () => socket.destroy();
  signal.addEventListener("abort", callOff, { once: true });
  if (signal.aborted) callOff();
  try {
    return await work(await transportOver(socket, options));
  } catch (error) {
    throw signal.aborted ? reasonOf(signal) : smtpError(error, placeOf(options.target));
  } finally {
    signal.removeEventListener("abort", callOff);
    socket.destroy();
  }
}

async function transportOver(socket: Socket, options: SmtpOptions) {
  // Three megabytes that only who sends mail needs.
  const { createTransport } = await import("nodemailer");
  const { target, security, tls, auth, ownName, responseTimeoutMs } = options;
  return createTransport({
    host: target.host,
    port: target.port,
    name: ownName,
    secure: security === "implicit",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: tlsOptionsFor(target, tls),
    // A server that offers no log-in is refused, not sent to without one.
    ...(auth && { auth: { user: auth.user, pass: auth.password.reveal() }, forceAuth: true }),
    connectionTimeout: responseTimeoutMs,
    greetingTimeout: responseTimeoutMs,
    socketTimeout: responseTimeoutMs,
    maxResponseSize: MOST_RESPONSE_BYTES,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options, callback) => callback(null, { connection: socket }),
  });
}
