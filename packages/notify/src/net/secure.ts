import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { NotifyError } from "../errors.ts";
import { placeOf, type Target } from "./dial.ts";
import { within } from "./within.ts";

/** What a TLS connection is made with. Certificates are verified always; there is no setting against it. */
export interface TlsMaterial {
  /** PEM; in place of the authorities that come with Node.js. */
  readonly ca?: string;
  /** PEM; by which we show who we are. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificate must have, where it is not the host's. */
  readonly serverName?: string;
}

/** Codes of verification; those that begin with ERR_SSL are what the other side says of us. */
const CERTIFICATE_PROBLEM = /^(?!ERR_SSL_).*(?:CERT|SIGNATURE|ISSUER|ALTNAME|CRL)/;

/** Options for `tls.connect` towards a target. */
export function tlsOptionsFor({ host }: Target, { ca, cert, key, serverName }: TlsMaterial) {
  const name = serverName ?? host;
  return {
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  } as const;
}

/** A connection made secure, its other side verified. The socket is destroyed when that fails. */
export async function secure(
  socket: Socket,
  target: Target,
  material: TlsMaterial,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const place = placeOf(target);
  const timeout = { code: "connect_timeout", message: `${place} did not finish the TLS handshake in time` } as const;
  try {
    return await within(timeoutMs, signal, timeout, () => handshake(socket, target, material));
  } catch (error) {
    socket.destroy();
    throw error instanceof NotifyError ? error : tlsError(error, place);
  }
}

function handshake(socket: Socket, target: Target, material: TlsMaterial): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secured = connect({ ...tlsOptionsFor(target, material), socket });
  secured.once("error", reject);
  secured.once("close", () => reject(new Error("closed")));
  secured.once("secureConnect", () => {
    secured.on("error", () => undefined).removeListener("error", reject);
    resolve(secured);
  });
  return promise;
}

/** Whether a code of Node.js says that a certificate was not verified. */
export function isCertificateProblem(code: string): boolean {
  return CERTIFICATE_PROBLEM.test(code);
}

/** A handshake that failed, in this package's words. */
function tlsError(error: unknown, place: string): NotifyError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return isCertificateProblem(code)
    ? new NotifyError("certificate_refused", `the certificate of ${place} is not trusted (${code})`, { cause: error })
    : new NotifyError("tls_failed", `no TLS connection to ${place} (${code || "closed"})`, { cause: error });
}
