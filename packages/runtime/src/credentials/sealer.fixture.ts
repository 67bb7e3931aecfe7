import { utf8 } from "@holdfast/kernel/bytes";
import type { HostIds } from "./host-ids.ts";
import { SecretSealer } from "./secret-sealer.ts";

/** What a test pays for a key: the least that Argon2 takes. */
export const testCost = { memoryKiB: 8, passes: 1 };

/** A host with these ids; one without any has none to seal to. */
function hostWith(machineId?: string, productUuid?: string): HostIds {
  const ids: Readonly<Record<string, string | undefined>> = { "machine-id": machineId, "product-uuid": productUuid };
  const binding = productUuid === undefined ? "machine-id" : "machine-id product-uuid";
  return {
    binding: machineId === undefined ? undefined : binding,
    why: machineId === undefined ? "there is no machine-id" : "",
    inputOf(wanted) {
      const names = wanted.split(" ");
      const missing = names.find((name) => ids[name] === undefined);
      if (missing !== undefined) return { missing: `${missing}: there is none` };
      return utf8(names.map((name) => `${name}=${ids[name]!}\n`).join(""));
    },
  };
}

/** A sealer that costs next to nothing; of a host without an id where none is given. */
export function sealerOf(options: {
  readonly machineId?: string;
  readonly productUuid?: string;
  readonly passphrase?: string;
  readonly previousPassphrase?: string;
}): SecretSealer {
  const { machineId, productUuid, ...passphrases } = options;
  return new SecretSealer({ host: hostWith(machineId, productUuid), cost: testCost, ...passphrases });
}
