import type { PasswordCost } from "@holdfast/engine/crypto";
import { utf8 } from "@holdfast/kernel/bytes";
import type { HostIds } from "./host-ids.ts";
import {
  type HostBinding,
  newHeader,
  openSealedFile,
  parseSealedFile,
  type SealBinding,
  sealCost,
  type SealedFile,
  type SealedFileHeader,
  sealedFileKey,
  sealedFileVersion,
  sealFile,
} from "./sealed-file.ts";

/** What the files of a credential store are sealed with. */
export interface SealSources {
  readonly host: HostIds;
  /** Seals in place of the host where it is given. */
  readonly passphrase?: string | undefined;
  /** Opens what was sealed under it, so that it can be sealed anew. */
  readonly previousPassphrase?: string | undefined;
  readonly cost?: PasswordCost;
}

/** `isCurrent`: sealed as new files are; the others are to be sealed anew. */
export type UnsealedText =
  | { readonly ok: true; readonly secret: string; readonly isCurrent: boolean }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/** Of a store whose files were all sealed at other times, and of a passphrase that changes. */
const MAX_KEYS = 64;

interface Key {
  readonly header: SealedFileHeader;
  readonly input: Uint8Array;
  readonly key: Uint8Array;
  /** It opened a file, or is of a header made here. Any other header is whatever somebody wrote into a file. */
  isTrusted: boolean;
}

/**
 * Seals and opens the files of one store. A key costs memory and time on purpose, so each is derived once, and what is sealed
 * here shares the salt of what was opened; every file has a salt of its own within.
 */
export class SecretSealer {
  readonly #host: HostIds;
  readonly #passphrase: Uint8Array | undefined;
  readonly #previous: Uint8Array | undefined;
  readonly #cost: PasswordCost;
  readonly #keys: Key[] = [];
  readonly #hostInputs = new Map<HostBinding, ReturnType<HostIds["inputOf"]>>();

  constructor({ host, passphrase, previousPassphrase, cost = sealCost }: SealSources) {
    this.#host = host;
    this.#passphrase = passphrase === undefined ? undefined : utf8(passphrase);
    this.#previous = previousPassphrase === undefined ? undefined : utf8(previousPassphrase);
    this.#cost = cost;
  }

  /** What new files hang on; undefined where there is neither a passphrase nor an id of this host. */
  get binding(): SealBinding | undefined {
    return this.#passphrase === undefined ? this.#host.binding : "passphrase";
  }

  /** Why nothing can be sealed, where that is so. */
  get why(): string {
    return this.#host.why;
  }

  /** The text of a file that is opened with what is there now; undefined where nothing can be sealed. */
  seal(name: string, secret: string): string | undefined {
    const { binding } = this;
    const input = this.#currentInput(binding);
    if (binding === undefined || input === undefined) return undefined;
    // Whoever can write a file chooses the salt and the cost that it says: never those of secrets that are sealed here.
    const isOurs = ({ header, input: of, isTrusted }: Key) =>
      isTrusted && of === input && header.binding === binding && this.#isDearEnough(header);
    const { header, key } = this.#keys.find(isOurs) ?? this.#derive(newHeader(binding, this.#cost), input, true);
    return sealFile(header, key, name, secret);
  }

  /** The secret of a sealed file, or what to do about it. */
  open(name: string, text: string): UnsealedText {
    const file = parseSealedFile(text);
    if (file === undefined) return damaged(text);
    return file.binding === "passphrase" ? this.#byPassphrase(name, file) : this.#byHost(name, file, file.binding);
  }

  #byPassphrase(name: string, file: SealedFile): UnsealedText {
    for (const input of [this.#passphrase, this.#previous]) {
      const secret = input === undefined ? undefined : this.#openWith(input, name, file);
      if (secret !== undefined) {
        return { ok: true, secret, isCurrent: input === this.#passphrase && this.#isDearEnough(file) };
      }
    }
    if (this.#passphrase === undefined && this.#previous === undefined) {
      return { ok: false, reason: "is sealed under a passphrase, and none is given", hint: NAME_PASSPHRASE };
    }
    return {
      ok: false,
      reason: "does not open with the passphrase: it is another one, or the file is damaged",
      hint: GIVE_PASSPHRASE,
    };
  }

  #byHost(name: string, file: SealedFile, binding: HostBinding): UnsealedText {
    const input = this.#hostInput(binding);
    if ("missing" in input) {
      const reason = `is sealed to ids of its host, of which one cannot be read here: ${input.missing}`;
      return { ok: false, reason, hint: binding.includes("product-uuid") ? MAY_READ : MOVE };
    }
    const secret = this.#openWith(input, name, file);
    if (secret !== undefined) {
      return { ok: true, secret, isCurrent: this.#passphrase === undefined && this.#isDearEnough(file) };
    }
    const reason = `is sealed to another host than this one (${binding}), or is damaged`;
    return { ok: false, reason, hint: MOVE };
  }

  #currentInput(binding: SealBinding | undefined): Uint8Array | undefined {
    if (binding === undefined) return undefined;
    if (binding === "passphrase") return this.#passphrase;
    const input = this.#hostInput(binding);
    return "missing" in input ? undefined : input;
  }

  /** One object for each binding, by which its keys are known again. */
  #hostInput(binding: HostBinding): ReturnType<HostIds["inputOf"]> {
    const known = this.#hostInputs.get(binding) ?? this.#host.inputOf(binding);
    this.#hostInputs.set(binding, known);
    return known;
  }

  /** A file that costs less to guess at than new ones do is sealed anew as well. */
  #isDearEnough({ cost }: SealedFileHeader): boolean {
    return cost.memoryKiB >= this.#cost.memoryKiB && cost.passes >= this.#cost.passes;
  }

  #openWith(input: Uint8Array, name: string, file: SealedFile): string | undefined {
    const key = this.#keyOf(file, input);
    const secret = openSealedFile(file, key.key, name);
    if (secret !== undefined) key.isTrusted = true;
    return secret;
  }

  #keyOf({ binding, cost, salt }: SealedFile, input: Uint8Array): Key {
    const header = { binding, cost, salt };
    const known = this.#keys.find((one) => one.input === input && isSame(one.header, header));
    return known ?? this.#derive(header, input, false);
  }

  #derive(header: SealedFileHeader, input: Uint8Array, isTrusted: boolean): Key {
    const derived = { header, input, key: sealedFileKey(header, input), isTrusted };
    this.#keys.push(derived);
    if (this.#keys.length > MAX_KEYS) this.#keys.shift();
    return derived;
  }
}

function isSame(left: SealedFileHeader, right: SealedFileHeader): boolean {
  const parts = ({ binding, cost, salt }: SealedFileHeader) =>
    [binding, cost.memoryKiB, cost.passes, Buffer.from(salt).toString("hex")].join(" ");
  return parts(left) === parts(right);
}

const NAME_PASSPHRASE = "Name the passphrase's file by credentials.passphrase.";
const GIVE_PASSPHRASE =
  "Give the passphrase that it was sealed under; after a change of it, the old one as credentials.previousPassphrase.";
const MAY_READ =
  'Start it with the rights it had when the file was sealed: root, or CAP_DAC_READ_SEARCH. On another host: docs/agent.md, "Moving to another host".';
const MOVE =
  "Start it on its own host and give it a passphrase there before the folder is moved, or put back the secret itself " +
  '(docs/agent.md, "Moving to another host").';

function damaged(text: string): UnsealedText {
  const version = sealedFileVersion(text);
  if (version !== undefined && version !== 1) {
    const reason = `is sealed in version ${version} of the format, which this program does not know`;
    return { ok: false, reason, hint: "Use the program that sealed it, or a newer one." };
  }
  return { ok: false, reason: "is a sealed file that is damaged", hint: "Put the file back from a backup." };
}
