import { count } from "../../terminal/count.ts";
import { readFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { choose } from "../../reach/choose.ts";
import { dial } from "../../reach/dial.ts";
import { version } from "../../version.ts";
import { type Finding, ok, sentenceOf, unavailable, wrong } from "./finding.ts";

const farOffMs = 60_000;

/** Where calls would go, and whether a socket found there may be trusted. */
export async function placeCheck({ settings, workingFolder }: Context): Promise<Finding> {
  try {
    const reach = choose(settings, workingFolder);
    if (reach.via === "https") return ok("address", reach.origin);
    (await dial(reach)).destroy();
    const how = reach.allowedUids === undefined ? "named by you" : "found, and served by somebody you may trust";
    return ok("socket", `${reach.shownPath}, ${how}`);
  } catch (error) {
    return wrong("server", sentenceOf(error));
  }
}

/** Whether the CA that would be trusted can be read and is in force; the connection itself is part of the server check. */
export function tlsCheck({ settings, workingFolder }: Context): Finding {
  if (settings.address === undefined) return unavailable("tls", "a socket is used");
  if (settings.caFile === undefined)
    return ok("tls", "the system's certificates are trusted (HOLDFAST_CACERT is not set)");
  try {
    const { validFromDate, validToDate, subject } = new X509Certificate(
      readFileSync(resolve(workingFolder, settings.caFile)),
    );
    const now = new Date();
    if (now < validFromDate || now > validToDate) return wrong("tls", `${settings.caFile} is not in force now`);
    return ok("tls", `${subject.replaceAll("\n", ", ")} until ${validToDate.toISOString()}`);
  } catch (error) {
    return wrong("tls", `${settings.caFile} cannot be used: ${sentenceOf(error)}`);
  }
}

export async function serverCheck({ call }: Context): Promise<Finding> {
  try {
    const status = await call("status", {});
    if (status.version !== version) return wrong("server", `has version ${status.version}, this command ${version}`);
    const missing = status.features
      .filter(({ state }) => state !== "available")
      .map(({ name, state }) => `${name} ${state}`);
    return ok(
      "server",
      [`version ${status.version}, ${count(status.ledger.size, "entry", "entries")}`, ...missing].join("; "),
    );
  } catch (error) {
    return wrong("server", sentenceOf(error));
  }
}

/** The server's clock by the entry this very check leaves: certificates and tokens depend on it. */
export async function clockCheck({ call }: Context): Promise<Finding> {
  try {
    await call("status", {});
    const { items } = await call("audit.log", { limit: 1 });
    const [newest] = items;
    if (newest === undefined) return unavailable("clock", "the ledger shows no entry");
    const offMs = Math.abs(Date.now() - Date.parse(newest.time));
    return offMs > farOffMs
      ? wrong("clock", `${Math.round(offMs / 1000)} s apart from the server's`)
      : ok("clock", `${offMs} ms apart`);
  } catch (error) {
    const isDenied = error instanceof Failure && error.exitCode === exitCodes.denied;
    const reason = isDenied ? "audit::read is needed" : sentenceOf(error);
    return unavailable("clock", `the newest entry cannot be read (${reason})`);
  }
}
