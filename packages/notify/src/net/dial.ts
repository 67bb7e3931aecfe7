import { lookup as lookUp } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { NotifyError } from "../errors.ts";
import { type AddressPolicy, admits } from "./address-policy.ts";
import { within } from "./within.ts";

/** Addresses of a host by its name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const running = new Map<string, ReturnType<Lookup>>();

/**
 * As the machine resolves names, with its hosts file. A lookup holds one of the few threads that there are until it
 * answers, and cannot be called off: the same name is never asked for twice at once.
 */
export const systemLookup: Lookup = (host) => {
  const known = running.get(host);
  if (known !== undefined) return known;
  const lookup = lookUp(host, { all: true })
    .then((found) => found.map(({ address }) => address))
    .finally(() => running.delete(host));
  running.set(host, lookup);
  return lookup;
};

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface DialOptions {
  readonly policy: AddressPolicy;
  readonly timeoutMs: number;
  readonly lookup: Lookup;
}

const MOST_ADDRESSES = 6;

/**
 * A connection to a host. The name is resolved once, and what is checked is the address that is connected to, and looked
 * at again when it is: a name that answers differently next time gains nothing (ATTACKS 34).
 */
export function dial(target: Target, options: DialOptions, signal: AbortSignal): Promise<Socket> {
  const place = placeOf(target);
  const timeout = { code: "connect_timeout", message: `${place} took no connection in time` } as const;
  return within(options.timeoutMs, signal, timeout, async (calledOff) => {
    const addresses = (await addressesOf(target, options)).slice(0, MOST_ADDRESSES);
    return connectToFirst(addresses, target, options.policy, calledOff);
  });
}

/** Host and port, as they may be shown: nothing of a path. */
export function placeOf({ host, port }: Target): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The addresses of a target that may be connected to; throws `address_refused` when there are others only. */
export async function addressesOf(target: Target, { policy, lookup }: DialOptions): Promise<readonly string[]> {
  const addresses = isIP(target.host) ? [target.host] : await resolve(target, lookup);
  const admitted = addresses.filter((address) => admits(policy, address));
  if (admitted.length > 0) return admitted;
  throw new NotifyError("address_refused", `${placeOf(target)} is at an address that sinks may not reach`);
}

async function resolve(target: Target, lookup: Lookup): Promise<readonly string[]> {
  try {
    const addresses = await lookup(target.host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw new NotifyError("name_unresolved", `the name ${target.host} cannot be resolved`, { cause });
  }
  throw new NotifyError("name_unresolved", `the name ${target.host} has no address`);
}

async function connectToFirst(
  addresses: readonly string[],
  target: Target,
  policy: AddressPolicy,
  signal: AbortSignal,
): Promise<Socket> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await connectTo(address, target, policy, signal);
    } catch (error) {
      if (error instanceof NotifyError) throw error;
      failure = error;
    }
  }
  throw new NotifyError("connect_failed", `${placeOf(target)} took no connection`, { cause: failure });
}

function connectTo(address: string, target: Target, policy: AddressPolicy, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: address, port: target.port });
  const callOff = () => socket.destroy(new Error("called off"));
  signal.addEventListener("abort", callOff, { once: true });
  if (signal.aborted) callOff();
  socket.once("error", reject);
  socket.once("connect", () => {
    signal.removeEventListener("abort", callOff);
    if (admits(policy, socket.remoteAddress ?? "")) {
      // Whoever uses the socket listens for errors itself; until then, none may end the process.
      socket.on("error", () => undefined).removeListener("error", reject);
      resolve(socket);
    } else {
      socket.destroy();
      reject(new NotifyError("address_refused", `${placeOf(target)} is at an address that sinks may not reach`));
    }
  });
  return promise;
}
