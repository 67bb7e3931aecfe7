import {
  chooseCredentialStore,
  type CredentialStore,
  type Environment,
  type Feature,
  type LevelledLogger,
  readHostIds,
  readPassphrase,
  rootKeyForm,
  rootKeyName,
  type SealedInPlace,
  type SecretReference,
  SecretSealer,
  StartFailure,
} from "@holdfast/runtime";
import type { AgentFolder } from "./data-folder.ts";
import type { AgentSettings } from "../settings/index.ts";

const PROGRAM = "holdfast-agent";

/** Where the agent's secrets lie, and what is said of that. */
export interface OpenCredentials {
  readonly store: CredentialStore;
  feature(): Feature;
}

/** What the choice of a credential store goes by. */
export interface CredentialsOpening {
  readonly settings: Pick<AgentSettings, "credentials">;
  readonly folder: Pick<AgentFolder, "path" | "rootKey">;
  readonly environment: Environment;
  /** Without one nobody runs an agent here: what lies in files is left as it is. */
  readonly log?: Pick<LevelledLogger, "info" | "warn">;
}

/** The credential store that settings name, or the best one here. */
export async function openCredentials(opening: CredentialsOpening): Promise<OpenCredentials> {
  const { settings, folder, environment, log } = opening;
  const sealer = await sealerOf(opening);
  const left: string[] = [];
  const onSealed = (path: string, outcome: SealedInPlace): void => {
    if (!outcome.ok) left.push(`${path} is left as it was: ${outcome.reason}`);
    tell(log, path, outcome);
  };
  const chosen = await chooseCredentialStore(settings.credentials.store, rootKeyName, {
    program: PROGRAM,
    inFiles: {
      folder: folder.path,
      files: { [rootKeyName]: folder.rootKey },
      forms: { [rootKeyName]: rootKeyForm },
      sealer,
      isReadOnly: log === undefined,
      onSealed,
    },
    environment,
  });
  if (!chosen.ok) throw new StartFailure("root_key", chosen.message, chosen.hint);
  const { store, why, passedOver } = chosen;
  const isInFiles = store.kind === "file";
  if (isInFiles && sealer.binding === undefined) log?.warn({ why: sealer.why }, NOT_ENCRYPTED);
  const others = passedOver.map((one) => `${one.kind}: ${one.why}`);
  const feature = (): Feature => {
    // A key that this host's own id opens is the least that there is; under a passphrase it is as good as another store.
    const isLess = isInFiles && (left.length > 0 || sealer.binding === undefined || isSecondBest(sealer, others));
    const state = isLess ? "degraded" : "available";
    const notes = isInFiles ? [...left, ...others] : left;
    return { name: "credential-store", state, detail: [`${store.description} (${why})`, ...notes].join("; ") };
  };
  return { store, feature };
}

const isSecondBest = ({ binding }: SecretSealer, others: readonly string[]): boolean =>
  binding !== "passphrase" && others.length > 0;

const NOT_ENCRYPTED =
  "the agent's secrets in files are not encrypted: give it a passphrase (credentials.passphrase), or the host an id";

function tell(log: CredentialsOpening["log"], path: string, outcome: SealedInPlace): void {
  if (!outcome.ok) {
    log?.warn(
      { path, reason: outcome.reason, was: outcome.was },
      "a secret's file cannot be sealed, and is left as it was",
    );
    return;
  }
  const { binding, was } = outcome;
  log?.info(
    { path, binding, was },
    was === "plain"
      ? "a secret that lay in a plain file is sealed in its place; copies of the plain file stay what they are"
      : "a secret's file is sealed anew: what it was sealed with before does not open it any more",
  );
}

async function sealerOf({ settings, folder, environment }: CredentialsOpening): Promise<SecretSealer> {
  const { passphrase, previousPassphrase, machineIdFile } = settings.credentials;
  const places = { program: PROGRAM, folder: folder.path, environment };
  const read = async (name: string, reference: SecretReference | undefined): Promise<string | undefined> => {
    if (reference === undefined) return undefined;
    const found = await readPassphrase(reference, places);
    if (found.kind === "found") return found.secret;
    const problem = found.kind === "failed" ? found.reason : "it is not there";
    const where = reference.kind === "file" ? reference.path : `the credential ${reference.name}`;
    throw new StartFailure(
      "root_key",
      `The passphrase that credentials.${name} names cannot be used (${where}): ${problem}.`,
      "It is a line of text of 12 characters or more, in a file of mode 600 outside the data folder, or a credential of systemd's.",
    );
  };
  return new SecretSealer({
    host: await readHostIds({ machineIdFile }),
    passphrase: await read("passphrase", passphrase),
    previousPassphrase: await read("previousPassphrase", previousPassphrase),
  });
}
