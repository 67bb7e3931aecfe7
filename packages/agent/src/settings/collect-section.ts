import { boolean, choice, duration, integer, list, section, text } from "@holdfast/runtime";

const collector = (summary: string) =>
  section(summary, {
    enabled: boolean({ summary: "Whether it is looked at.", default: true }),
    intervalSeconds: duration({
      summary: "Time between two looks; the collector's own when not set.",
      min: 1,
      max: 86_400,
    }),
  });

/** What is looked at. Names are those of the tables, as a setting is written. */
const collectors = section("Each kind of thing that is looked at.", {
  processes: collector("Processes."),
  listeningPorts: collector("Sockets that listen."),
  processOpenSockets: collector("Connections of processes."),
  users: collector("Local user accounts."),
  kernelModules: collector("Loaded kernel modules."),
  file: collector("Files under watch."),
  mounts: collector("Mounted file systems."),
  crontab: collector("Scheduled jobs of cron."),
  systemdTimers: collector("Timer units of systemd."),
  authorizedKeys: collector("SSH keys that may log in."),
});

const watch = list(
  section("Files under watch.", {
    category: text({
      summary: "Its name in rows and alerts.",
      isRequired: true,
      pattern: /^[a-z][\w.-]{0,63}$/,
      form: "a name of at most 64 small letters, digits, dots, dashes and underscores",
    }),
    paths: list(
      text({
        summary: "A path, or a pattern with * and **.",
        pattern: /^(?:\/|[A-Za-z]:[\\/])/,
        form: "a whole path, or a pattern that begins with one",
        maxLength: 1_024,
      }),
      { summary: "What is watched.", maxItems: 64 },
    ),
    excludes: list(text({ summary: "A path, or a pattern with * and **.", maxLength: 1_024 }), {
      summary: "What of it is not.",
      maxItems: 64,
    }),
  }),
  { summary: "Files under watch beside those that the agent watches by itself.", maxItems: 64, isReloadable: true },
);

/** How a host is seen. */
export const collectSection = section("What is looked at, and how often.", {
  tickSeconds: duration({ summary: "Time between two looks at the processes.", default: 1, min: 1, max: 300 }),
  source: choice({
    summary: "Where starts and ends of processes are heard of; auto takes the best that works here.",
    choices: ["auto", "connector", "audit", "ebpf", "polling"],
    default: "auto",
  }),
  concurrency: integer({ summary: "Collectors that look at the same time.", default: 4, min: 1, max: 16 }),
  maskSecrets: boolean({
    summary: "Whether what looks like a secret in command lines is hidden before it is kept.",
    default: true,
  }),
  collectors,
  watch,
});
