import {
  boolean,
  choice,
  duration,
  integer,
  list,
  map,
  path,
  record,
  secret,
  section,
  text,
  type ValueOf,
} from "./field.ts";

/** A schema with a field of every kind. */
export const schema = section("A program.", {
  tickSeconds: duration({ summary: "Time between two looks.", default: 1, min: 1, max: 3_600 }),
  dataDir: path({ summary: "Where data lies.", default: "/var/lib/program" }),
  logLevel: choice({
    summary: "What is logged.",
    choices: ["debug", "info", "warn"],
    default: "info",
    isReloadable: true,
  }),
  maskSecrets: boolean({ summary: "Whether secrets are masked.", default: true }),
  owner: text({ summary: "Who owns it.", pattern: /^[a-z]+$/, form: "small letters", maxLength: 10 }),
  key: secret({ summary: "What opens it." }),
  store: section("The store.", {
    batchRows: integer({ summary: "Rows of a batch.", default: 1_000, min: 1, max: 10_000 }),
    batchSeconds: duration({ summary: "Longest wait.", default: 5, min: 1, max: 60 }),
  }),
  watch: list(
    section("Files under watch.", {
      category: text({ summary: "Its name.", isRequired: true }),
      paths: list(text({ summary: "A glob." }), { summary: "Globs.", maxItems: 3 }),
    }),
    { summary: "Files under watch.", maxItems: 4, isReloadable: true },
  ),
  folders: list(path({ summary: "A folder." }), { summary: "Folders.", maxItems: 4, default: ["/rules"] }),
  sinks: list(record({ summary: "A sink." }), { summary: "Sinks.", maxItems: 4, isReloadable: true }),
  limits: map(integer({ summary: "A limit.", min: 0, max: 9 }), { summary: "Limits by name.", maxItems: 3 }),
});

/** The settings that this schema describes. */
export type Settings = ValueOf<typeof schema>;
