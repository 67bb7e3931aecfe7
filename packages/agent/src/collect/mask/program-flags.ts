/** How an option of a program holds its secret: `-pSECRET`, `-p SECRET`, or `-u USER:SECRET` in either way. */
export interface SecretFlag {
  readonly flag: string;
  readonly form: "attached" | "separate" | "either";
  /** What stands before this character is a name, and is kept. */
  readonly after?: string;
}

const attached = (flag: string): SecretFlag => ({ flag, form: "attached" });
const separate = (flag: string): SecretFlag => ({ flag, form: "separate" });
const either = (flag: string, after?: string): SecretFlag => ({
  flag,
  form: "either",
  ...(after === undefined ? {} : { after }),
});

const mysql = [attached("-p")];
const curl = [
  either("-u", ":"),
  either("--user", ":"),
  either("-U", ":"),
  either("--proxy-user", ":"),
  either("-b", "="),
  either("--cookie", "="),
];
const httpie = [either("-a", ":")];
const snmp = [either("-c"), either("-A"), either("-X")];
/** Words of their own, without a dash. */
const freerdp = [attached("/p:"), separate("/p")];
const wireless = [separate("password"), separate("psk"), separate("key"), separate("wifi-sec.psk")];
const openssl = [separate("-k"), separate("-pass"), separate("-passin"), separate("-passout"), separate("-K")];
const ldap = [either("-w")];
const capitalP = [either("-P")];
const lowerP = [either("-p")];

/** Short options mean a password with some programs, a port or a folder with others. */
const FLAGS: Readonly<Record<string, readonly SecretFlag[]>> = {
  mysql,
  mysqldump: mysql,
  mysqladmin: mysql,
  mysqlimport: mysql,
  mariadb: mysql,
  "mariadb-dump": mysql,
  "mariadb-admin": mysql,
  sshpass: lowerP,
  mongo: lowerP,
  mongosh: lowerP,
  mongodump: lowerP,
  docker: lowerP,
  podman: lowerP,
  useradd: lowerP,
  usermod: lowerP,
  rdesktop: lowerP,
  "7z": [attached("-p")],
  "7za": [attached("-p")],
  rar: [attached("-p"), attached("-hp")],
  unrar: [attached("-p")],
  zip: capitalP,
  unzip: capitalP,
  mosquitto_pub: capitalP,
  mosquitto_sub: capitalP,
  sqlcmd: capitalP,
  bcp: capitalP,
  ipmitool: capitalP,
  curl,
  openssl,
  ldapsearch: ldap,
  ldapmodify: ldap,
  ldapadd: ldap,
  ldapdelete: ldap,
  ldappasswd: [either("-w"), either("-a"), either("-s")],
  "redis-cli": [either("-a")],
  smbclient: [either("-U", "%")],
  smbmap: lowerP,
  rpcclient: [either("-U", "%")],
  plink: [separate("-pw")],
  pscp: [separate("-pw")],
  winexe: [either("-U", "%")],
  cqlsh: lowerP,
  twine: lowerP,
  "psexec.py": lowerP,
  az: lowerP,
  crane: lowerP,
  helm: lowerP,
  nerdctl: lowerP,
  buildah: lowerP,
  skopeo: lowerP,
  http: httpie,
  https: httpie,
  xh: httpie,
  lftp: [either("-u", ",")],
  doctl: [either("-t")],
  snmpget: snmp,
  snmpset: snmp,
  snmpwalk: snmp,
  snmpbulkwalk: snmp,
  xfreerdp: freerdp,
  xfreerdp3: freerdp,
  wlfreerdp: freerdp,
  nmcli: wireless,
  iwconfig: wireless,
  aws: [separate("aws_secret_access_key"), separate("aws_session_token")],
  crackmapexec: lowerP,
  netexec: lowerP,
};

/** Some mean a secret with this command alone. */
const ONLY_WITH: ReadonlyMap<string, string> = new Map([
  ...["docker", "podman", "az", "crane", "helm", "nerdctl", "buildah", "skopeo"].map(
    (name) => [name, "login"] as const,
  ),
  ["twine", "upload"],
]);

export interface SecretFlags {
  readonly flags: readonly SecretFlag[];
  readonly onlyWith: string | undefined;
}

const KNOWN: ReadonlyMap<string, SecretFlags> = new Map(
  Object.entries(FLAGS).map(([name, flags]) => [name, { flags, onlyWith: ONLY_WITH.get(name) }]),
);

/** Options of this program that hold a secret; undefined when it has none that are known. */
export function secretFlagsOf(word: string): SecretFlags | undefined {
  const slash = word.lastIndexOf("/");
  return KNOWN.get(slash < 0 ? word : word.slice(slash + 1));
}
