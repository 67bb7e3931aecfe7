import { auditBytes, auditNumber } from "./record.ts";

/** As much as is read of /proc/<pid>/cmdline. */
const MAX_BYTES = 32_768;
const MAX_ARGUMENTS = 8192;

/**
 * Puts a command line together from EXECVE records: `a0="ls" a1=2D6C20`, and for what does not fit into one record
 * `a2_len=20000 a2[0]=41… ` there and `a2[1]=41…` in the next.
 */
export class AuditArguments {
  readonly #arguments: Buffer[][] = [];
  #bytes = 0;

  /** Takes the fields of the next record. */
  add(fields: ReadonlyMap<string, string>): void {
    for (const [name, value] of fields) {
      const place = /^a(\d{1,7})(?:\[\d{1,5}\])?$/.exec(name);
      const bytes = place === null ? undefined : auditBytes(value);
      if (bytes !== undefined) this.#put(auditNumber(place![1]) ?? MAX_ARGUMENTS, bytes);
    }
  }

  /** As /proc/<pid>/cmdline has it, a NUL behind each argument; undefined when there is none. */
  cmdline(): string | undefined {
    if (this.#arguments.length === 0) return undefined;
    const parts = Array.from(this.#arguments, (pieces) => [...(pieces ?? []), NUL]);
    return Buffer.concat(parts.flat()).toString("utf8", 0, MAX_BYTES);
  }

  #put(index: number, bytes: Buffer): void {
    if (index >= MAX_ARGUMENTS || this.#bytes >= MAX_BYTES) return;
    this.#bytes += bytes.length + 1;
    (this.#arguments[index] ??= []).push(bytes);
  }
}

const NUL = Buffer.alloc(1);
