import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { freePort, openFolder, runDaemon } from "./daemon.ts";

const RSYSLOGD = "/usr/sbin/rsyslogd";
const TLS_DRIVERS = [
  "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so",
  "/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_gtls.so",
];

export type SyslogTransport = "udp" | "tcp" | "tls";

/** What rsyslog read in a message. */
export interface SyslogRecord {
  readonly pri: string;
  readonly version: string;
  readonly host: string;
  readonly app: string;
  readonly procid: string;
  readonly msgid: string;
  readonly sd: string;
  readonly msg: string;
  readonly time: string;
}

export interface SyslogReceiver {
  readonly port: number;
  readonly caFile: string;
  records(): readonly SyslogRecord[];
}

/** Why the receiver cannot be tried here; undefined when it can. */
export function whyNoRsyslogd(): string | undefined {
  if (!existsSync(RSYSLOGD)) return "rsyslogd is not installed (Debian: rsyslog)";
  return TLS_DRIVERS.some((path) => existsSync(path)) ? undefined : "rsyslogd has no TLS (Debian: rsyslog-gnutls)";
}

/** Runs Debian's rsyslog with a configuration of its own; nothing of the system's is read or written. */
export async function startRsyslogd(transport: SyslogTransport): Promise<SyslogReceiver> {
  const folder = openFolder();
  const port = await freePort();
  const identity = certifiedIdentity();
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const [cert, key, caFile] = [
    write("cert.pem", identity.cert),
    write("key.pem", identity.key),
    write("ca.pem", identity.ca),
  ];
  const inputs: Record<SyslogTransport, string> = {
    udp: `module(load="imudp") input(type="imudp" address="127.0.0.1" port="${port}" ruleset="all")`,
    tcp: `module(load="imtcp") input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="all")`,
    tls: `module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
          input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="all")`,
  };
  const output = join(folder, "out.json");
  const config = write(
    "rsyslog.conf",
    `global(workDirectory="${folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
       defaultNetstreamDriverCAFile="${caFile}" defaultNetstreamDriverCertFile="${cert}" defaultNetstreamDriverKeyFile="${key}")
     ${inputs[transport]}
     template(name="json" type="list" option.jsonf="on") {
       property(outname="pri" name="pri" format="jsonf")
       property(outname="version" name="protocol-version" format="jsonf")
       property(outname="host" name="hostname" format="jsonf")
       property(outname="app" name="app-name" format="jsonf")
       property(outname="procid" name="procid" format="jsonf")
       property(outname="msgid" name="msgid" format="jsonf")
       property(outname="sd" name="structured-data" format="jsonf")
       property(outname="msg" name="msg" format="jsonf")
       property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
     }
     ruleset(name="all") { action(type="omfile" file="${output}" template="json") }
`,
  );
  await runDaemon(RSYSLOGD, ["-n", "-f", config, "-i", join(folder, "pid")], [port]);
  return {
    port,
    caFile,
    records() {
      if (!existsSync(output)) return [];
      const lines = readFileSync(output, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as SyslogRecord);
    },
  };
}
