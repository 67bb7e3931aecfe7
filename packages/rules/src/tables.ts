export type ColumnType = "integer" | "text";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
}

/** A table that rules and queries may read. `events` are appended; `state` has one row for each thing that is there now. */
export interface RuleTable {
  readonly name: string;
  readonly kind: "events" | "state";
  readonly description: string;
  readonly columns: readonly Column[];
  /** Columns that tell one row of a `state` table from another. */
  readonly identity: readonly string[];
}

const column = (name: string, type: ColumnType, description: string): Column => ({ name, type, description });
const integer = (name: string, description: string): Column => column(name, "integer", description);
const text = (name: string, description: string): Column => column(name, "text", description);

/** Number of the row's last change: rules run on rows above the number that they have seen. */
export const changeColumn = integer("seq", "Number of the change that this row came with; ever growing.");

const seenColumns = [
  integer("first_seen", "Unix time at which the agent first saw it."),
  integer("last_seen", "Unix time at which the agent last saw it."),
];

const process = [
  integer("pid", "Process id."),
  integer("parent", "Process id of the parent."),
  text("name", "Name of the process, as the kernel has it (15 bytes)."),
  text("path", "File that is executed, without the kernel's mark for a deleted one: see on_disk."),
  text("cmdline", "Arguments, joined by blanks; secrets are masked."),
  text("cwd", "Working folder."),
  integer("uid", "User id."),
  integer("gid", "Group id."),
  integer("euid", "Effective user id."),
  integer("egid", "Effective group id."),
  text("username", "Name of the user."),
  integer("on_disk", "1: the file is there and is what runs; 0: deleted or replaced; -1: not known."),
  text("sha256", "SHA-256 of the file that is executed, in hex; empty when it could not be read."),
  text("parent_name", "Name of the parent."),
  text("parent_path", "File that the parent executes."),
  text("parent_cmdline", "Arguments of the parent; secrets are masked."),
  integer("start_time", "Unix time at which the process started."),
];

const socketOwner = [
  integer("pid", "Process that holds the socket; -1 when not known."),
  integer("fd", "File descriptor of the socket."),
  integer("socket", "Inode of the socket."),
  integer("family", "2: IPv4, 10: IPv6, 1: Unix."),
  integer("protocol", "6: TCP, 17: UDP; 0 for Unix."),
];

const owner = [
  text("process_name", "Name of the process that holds it."),
  text("process_path", "File that this process executes."),
  integer("uid", "User of this process."),
  text("username", "Name of this user."),
];

/** Everything a rule or a query can read. Names are osquery's where the thing is the same (osquery.io/schema). */
export const ruleTables: readonly RuleTable[] = [
  {
    name: "process_events",
    kind: "events",
    description: "Starts, program changes and ends of processes, as they happened.",
    identity: [],
    columns: [
      integer("time", "Unix time of the event."),
      text("type", "exec: a program begins; fork: a process begins; exit: it ended; found: seen without its start."),
      ...process,
      integer("auid", "User who logged in (audit id); -1 when none."),
      integer("exit_code", "Code or 128 + signal of an exit; -1 otherwise."),
      integer("duration_ms", "Life of a process that ended; -1 when not known."),
      text("source", "What told of it: connector, audit, ebpf or polling."),
      integer("is_complete", "0 when the process was gone before it could be looked at."),
      changeColumn,
    ],
  },
  {
    name: "processes",
    kind: "state",
    description: "Processes that run now.",
    identity: ["pid", "start_time"],
    columns: [
      ...process,
      text("root", "Root folder."),
      text("state", "State letter of the kernel: R, S, D, Z, T, I."),
      integer("suid", "Saved user id."),
      integer("sgid", "Saved group id."),
      integer("threads", "Threads."),
      integer("nice", "Nice value."),
      integer("pgroup", "Process group."),
      integer("resident_size", "Resident memory in bytes."),
      integer("total_size", "Virtual memory in bytes."),
      integer("user_time", "Processor time in user mode, milliseconds."),
      integer("system_time", "Processor time in the kernel, milliseconds."),
      integer("disk_bytes_read", "Bytes read from storage; -1 when not readable."),
      integer("disk_bytes_written", "Bytes written to storage; -1 when not readable."),
      text("cgroup_path", "Control group."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "listening_ports",
    kind: "state",
    description: "Sockets that listen or are bound without a peer.",
    identity: ["family", "protocol", "address", "port", "path", "socket"],
    columns: [
      ...socketOwner,
      text("address", "Local address."),
      integer("port", "Local port; 0 for Unix."),
      text("path", "Path of a Unix socket."),
      ...owner,
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "process_open_sockets",
    kind: "state",
    description: "Connections of processes.",
    identity: ["pid", "socket"],
    columns: [
      ...socketOwner,
      text("local_address", "Local address."),
      integer("local_port", "Local port."),
      text("remote_address", "Address of the peer."),
      integer("remote_port", "Port of the peer."),
      text("state", "TCP state, such as ESTABLISHED."),
      ...owner,
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "users",
    kind: "state",
    description: "Local user accounts.",
    identity: ["uid", "username"],
    columns: [
      integer("uid", "User id."),
      integer("gid", "Primary group id."),
      text("username", "Name."),
      text("description", "Full name or comment."),
      text("directory", "Home folder."),
      text("shell", "Login shell."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "kernel_modules",
    kind: "state",
    description: "Loaded kernel modules.",
    identity: ["name"],
    columns: [
      text("name", "Name of the module."),
      integer("size", "Size in bytes."),
      text("used_by", "Modules that need it."),
      text("status", "Live, Loading or Unloading."),
      text("address", "Address; zeros without the right to see it."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "file",
    kind: "state",
    description: "Files under watch, as they are now.",
    identity: ["path"],
    columns: [
      text("path", "Full path."),
      text("directory", "Folder."),
      text("filename", "Last part of the path."),
      text("type", "regular, directory, symlink or other."),
      text("symlink", "Target of a symbolic link."),
      integer("inode", "Inode."),
      integer("device", "Device."),
      integer("uid", "Owner."),
      integer("gid", "Group."),
      text("mode", "Permission bits in octal, such as 0644."),
      integer("size", "Size in bytes."),
      integer("mtime", "Unix time of the last change of content."),
      integer("ctime", "Unix time of the last change of metadata."),
      integer("hard_links", "Names that this file has."),
      text("sha256", "SHA-256 of the content in hex; empty when too large or not readable."),
      text("category", "Name of the watch it belongs to."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "file_events",
    kind: "events",
    description: "Changes of files under watch, those made while the agent was off included.",
    identity: [],
    columns: [
      integer("time", "Unix time at which the change was noticed."),
      text("target_path", "Full path."),
      text("category", "Name of the watch."),
      text("action", "CREATED, UPDATED, ATTRIBUTES_MODIFIED, DELETED or MOVED_TO."),
      integer("inode", "Inode."),
      integer("uid", "Owner."),
      integer("gid", "Group."),
      text("mode", "Permission bits in octal."),
      integer("size", "Size in bytes."),
      integer("mtime", "Unix time of the last change of content."),
      integer("ctime", "Unix time of the last change of metadata."),
      text("sha256", "SHA-256 of the content now; empty when gone or not readable."),
      text("old_sha256", "SHA-256 of the content before; empty when there was none."),
      integer("hard_links", "Names that this file has."),
      integer("while_off", "1 when it changed while the agent did not run."),
      changeColumn,
    ],
  },
  {
    name: "mounts",
    kind: "state",
    description: "Mounted file systems.",
    identity: ["path", "device"],
    columns: [
      text("device", "What is mounted."),
      text("path", "Where."),
      text("type", "Kind of file system."),
      text("flags", "Options."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "crontab",
    kind: "state",
    description: "Scheduled jobs of cron.",
    identity: ["path", "event", "minute", "hour", "day_of_month", "month", "day_of_week", "command"],
    columns: [
      text("event", "A name such as @reboot; empty for a time."),
      text("minute", "Minute field."),
      text("hour", "Hour field."),
      text("day_of_month", "Day field."),
      text("month", "Month field."),
      text("day_of_week", "Weekday field."),
      text("username", "User whose job it is."),
      text("command", "Command; secrets are masked."),
      text("path", "File that it stands in."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "systemd_timers",
    kind: "state",
    description: "Timer units of systemd, as their files say.",
    identity: ["path"],
    columns: [
      text("name", "Name of the unit."),
      text("path", "File of the unit."),
      text("schedule", "OnCalendar, OnBootSec and the like, joined by blanks."),
      text("unit", "Unit that it starts."),
      text("command", "ExecStart of that unit; empty when not found."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "authorized_keys",
    kind: "state",
    description: "SSH keys that may log in.",
    identity: ["key_file", "key"],
    columns: [
      integer("uid", "User whose file it is."),
      text("username", "Name of this user."),
      text("algorithm", "Kind of key."),
      text("key", "Public key, base64."),
      text("comment", "Comment of the key."),
      text("options", "Restrictions."),
      text("key_file", "File that it stands in."),
      ...seenColumns,
      changeColumn,
    ],
  },
  {
    name: "agent_losses",
    kind: "events",
    description: "What the agent did not see, lost or could not keep: no silent gap.",
    identity: [],
    columns: [
      integer("time", "Unix time."),
      text("stage", "collector, source, queue, store or executor; what a sink gave up is a dead letter."),
      text("name", "Which collector, source, queue or sink."),
      text("reason", "Why, as a code such as queue_full."),
      integer("lost", "How many rows, events or runs."),
      changeColumn,
    ],
  },
  {
    name: "agent_sources",
    kind: "state",
    description: "Where process events come from, and how much of what happens they catch.",
    identity: ["name"],
    columns: [
      text("name", "connector, audit, ebpf or polling."),
      text("state", "active, standby, unavailable or failed."),
      text("detail", "Why, in words."),
      integer("events", "Events since start."),
      integer("lost", "Events that are known to be lost."),
      integer("caught_1ms", "Catch rate of processes that live about 1 ms, per mille; -1 when not measured."),
      integer("caught_10ms", "The same for 10 ms."),
      integer("caught_100ms", "The same for 100 ms."),
      integer("caught_1s", "The same for 1 s."),
      ...seenColumns,
      changeColumn,
    ],
  },
];
