import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { freePort, openFolder, runDaemon } from "./daemon.ts";

const EXIM = "/usr/sbin/exim4";
const USER = "Debian-exim";

/** The name and password that the server knows. */
export const LOGIN = { user: "alerts", password: "correct horse battery" } as const;

export interface MailServer {
  /** STARTTLS, and log-in after it. */
  readonly port: number;
  /** TLS from the first byte. */
  readonly tlsPort: number;
  readonly caFile: string;
  /** Mails that were delivered to a mailbox at example.org, with all headers. */
  mails(mailbox: string): readonly string[];
}

/** Why the mail server cannot be tried here; undefined when it can. */
export function whyNoExim(): string | undefined {
  if (!existsSync(EXIM)) return "exim4 is not installed (Debian: exim4-daemon-light)";
  if (process.getuid?.() !== 0) return "exim4 delivers to mailboxes when it was started by root";
  return spawnSync("id", ["-u", USER]).status === 0 ? undefined : `there is no user ${USER}`;
}

export interface MailServerOptions {
  /** Does not offer STARTTLS. */
  readonly plain?: boolean;
}

/** Runs Debian's Exim with a configuration of its own; nothing of the system's is read or written. */
export async function startExim({ plain = false }: MailServerOptions = {}): Promise<MailServer> {
  const folder = openFolder();
  const uid = Number(execFileSync("id", ["-u", USER]));
  const gid = Number(execFileSync("id", ["-g", USER]));
  const identity = certifiedIdentity();
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  for (const name of ["spool", "log", "mail"]) {
    mkdirSync(join(folder, name), { mode: 0o750 });
    chownSync(join(folder, name), uid, gid);
  }
  const [cert, key, caFile] = [
    write("cert.pem", identity.cert),
    write("key.pem", identity.key),
    write("ca.pem", identity.ca),
  ];
  for (const path of [cert, key]) chownSync(path, uid, gid);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const config = write("exim.conf", configuration(folder, port, tlsPort, plain ? "" : `${cert} ${key}`));
  await runDaemon(EXIM, ["-C", config, "-bdf"], [port, tlsPort]);
  return {
    port,
    tlsPort,
    caFile,
    mails(mailbox) {
      const path = join(folder, "mail", mailbox, "new"); // where a mail comes as a whole
      if (!existsSync(path)) return [];
      return readdirSync(path)
        .toSorted()
        .map((name) => readFileSync(join(path, name), "utf8"));
    },
  };
}

/** `nobody` does not exist, `later` is put off; the mailbox `strict` needs a log-in. */
function configuration(folder: string, port: number, tlsPort: number, certificate: string): string {
  const [cert, key] = certificate.split(" ");
  return `
primary_hostname = mail.example.org
domainlist local_domains = example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port} : ${tlsPort}
tls_on_connect_ports = ${tlsPort}
${cert === "" ? "tls_advertise_hosts =" : `tls_advertise_hosts = *\ntls_certificate = ${cert}\ntls_privatekey = ${key}`}
auth_advertise_hosts = \${if def:tls_in_cipher {*}{}}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%s
pid_file_path = ${folder}/spool/exim.pid
deliver_drop_privilege
message_size_limit = 200K
acl_smtp_rcpt = check_recipient
acl_smtp_data = check_data
helo_allow_chars = _
host_lookup =
rfc1413_query_timeout = 0s
queue_only = false

begin acl
check_recipient:
  deny local_parts = nobody
       message = no such user, says the server with hunter2 in it
  defer local_parts = later
       message = greylisted
  deny local_parts = strict
       !authenticated = *
       message = log in first
  accept domains = +local_domains
  deny message = no relay
check_data:
  deny condition = \${if match{$h_subject:}{refuse me}}
       message = content refused
  accept

begin routers
mailbox:
  driver = accept
  local_parts = ops : strict : later
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = ${folder}/mail/$local_part_data
  maildir_format
  create_directory
  user = ${USER}
  message_prefix =
  message_suffix =

begin retry
* * F,1m,1m

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and {{eq{$auth2}{${LOGIN.user}}}{eq{$auth3}{${LOGIN.password}}}}}
  server_set_id = $auth2
`;
}
