/** Why a server or an agent did not start: one clear sentence and an exit code of its own (docs/cli.md). */
export type StartFailureCode =
  | "address_in_use"
  | "data_folder"
  | "already_running"
  | "database_damaged"
  | "database_rolled_back"
  | "root_key"
  | "configuration"
  | "storage_unreachable";

const EXIT_CODES: Readonly<Record<StartFailureCode, number>> = {
  address_in_use: 10,
  data_folder: 11,
  already_running: 12,
  database_damaged: 13,
  database_rolled_back: 14,
  root_key: 15,
  configuration: 16,
  storage_unreachable: 17,
};

export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly code: StartFailureCode;
  readonly hint: string;

  constructor(code: StartFailureCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
