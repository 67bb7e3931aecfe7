/** A column that a Sigma field is compared with. */
export interface SigmaField {
  readonly column: string;
  readonly type: "text" | "integer";
  /** Numbers that stand for words of the rule, such as 6 for tcp. */
  readonly words?: ReadonlyMap<string, number>;
  /** Values are of the form `SHA256=…`. */
  readonly isHash?: boolean;
  /** What whoever reads the rule has to know. */
  readonly note?: string;
}

/** What the rules of a log source are compiled to. */
export interface LogSource {
  readonly category: string;
  readonly table: string;
  /** Only rows in which this column holds one of these are what the log source means. */
  readonly only: { readonly column: string; readonly values: readonly string[] };
  readonly fields: ReadonlyMap<string, SigmaField>;
  /** Columns that a keyword is looked for in. */
  readonly keywordColumns: readonly string[];
  /** Columns of a finding; `seq` is the change that it rests on. */
  readonly outputs: readonly string[];
  readonly dedup: readonly string[];
}

const text = (column: string, note?: string): SigmaField => ({
  column,
  type: "text",
  ...(note === undefined ? {} : { note }),
});
const integer = (column: string, note?: string): SigmaField => ({
  column,
  type: "integer",
  ...(note === undefined ? {} : { note }),
});

const protocols: ReadonlyMap<string, number> = new Map([
  ["tcp", 6],
  ["udp", 17],
]);

/** Log sources that the agent sees, with Sigma's field names (its taxonomy, and Sysmon for Linux where that is silent). */
export const logSources: readonly LogSource[] = [
  {
    category: "process_creation",
    table: "process_events",
    only: { column: "type", values: ["exec", "found"] },
    fields: new Map<string, SigmaField>([
      ["Image", text("path")],
      ["CommandLine", text("cmdline")],
      ["CurrentDirectory", text("cwd")],
      ["User", text("username")],
      ["ProcessId", integer("pid")],
      ["ParentProcessId", integer("parent")],
      ["ParentImage", text("parent_path")],
      ["ParentCommandLine", text("parent_cmdline")],
      ["LogonId", integer("uid", "LogonId is the user id, as Sysmon for Linux has it")],
      ["Hashes", { column: "sha256", type: "text", isHash: true }],
      ["sha256", text("sha256")],
    ]),
    keywordColumns: ["cmdline", "path", "cwd", "username", "parent_path", "parent_cmdline"],
    outputs: [
      "time",
      "pid",
      "parent",
      "name",
      "path",
      "cmdline",
      "cwd",
      "uid",
      "username",
      "sha256",
      "parent_name",
      "parent_path",
      "parent_cmdline",
      "seq",
    ],
    dedup: ["path", "cmdline", "username", "parent_path"],
  },
  {
    category: "file_event",
    table: "file_events",
    only: { column: "action", values: ["CREATED", "UPDATED", "MOVED_TO"] },
    fields: new Map([["TargetFilename", text("target_path", "only files under watch are seen")]]),
    keywordColumns: ["target_path"],
    outputs: ["time", "target_path", "action", "category", "uid", "mode", "size", "sha256", "old_sha256", "seq"],
    dedup: ["target_path"],
  },
  {
    category: "file_delete",
    table: "file_events",
    only: { column: "action", values: ["DELETED"] },
    fields: new Map([["TargetFilename", text("target_path", "only files under watch are seen")]]),
    keywordColumns: ["target_path"],
    outputs: ["time", "target_path", "action", "category", "uid", "old_sha256", "seq"],
    dedup: ["target_path"],
  },
  {
    category: "network_connection",
    table: "process_open_sockets",
    only: { column: "state", values: ["ESTABLISHED", "SYN_SENT", "SYN_RECV"] },
    fields: new Map<string, SigmaField>([
      ["Image", text("process_path")],
      ["ProcessId", integer("pid")],
      ["User", text("username")],
      ["SourceIp", text("local_address")],
      ["SourcePort", integer("local_port")],
      ["DestinationIp", text("remote_address")],
      ["DestinationPort", integer("remote_port")],
      ["Protocol", { column: "protocol", type: "integer", words: protocols }],
    ]),
    keywordColumns: ["process_path", "username", "local_address", "remote_address"],
    outputs: [
      "pid",
      "process_name",
      "process_path",
      "username",
      "local_address",
      "local_port",
      "remote_address",
      "remote_port",
      "state",
      "seq",
    ],
    dedup: ["process_path", "remote_address", "remote_port"],
  },
];

/** Why there is no column for a field that other systems have. */
export const missingFields: ReadonlyMap<string, string> = new Map([
  ...["OriginalFileName", "Description", "Product", "Company", "FileVersion", "IntegrityLevel", "Imphash"].map(
    (field): [string, string] => [field, "only Windows programs carry it"],
  ),
  ["ParentUser", "the agent does not record whose process the parent is"],
  ["TerminalSessionId", "the agent does not record terminals"],
  ["DestinationHostname", "the kernel knows addresses, not names"],
  ["Initiated", "who opened a connection is not recorded"],
  ["md5", "the agent computes SHA-256 only"],
  ["sha1", "the agent computes SHA-256 only"],
]);

/** Products whose rules are about what the agent runs on; a rule without one is about any. */
export const products: readonly string[] = ["linux", "macos"];
