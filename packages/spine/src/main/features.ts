import type { LedgerVerification, Logger, RunningVerification } from "@holdfast/engine";
import { type DiskReserve, reserveBytes } from "./disk-reserve.ts";
import type { Feature, Hardening } from "@holdfast/runtime";
import type { OpenLedger } from "./ledger-place.ts";

/** What `status` says of the process's parts. */
export class Features {
  readonly #hardening: Hardening;
  readonly #ledger: Pick<OpenLedger, "secondPlaceProblem">;
  readonly #reserve: Pick<DiskReserve, "refusal" | "space"> | undefined;
  readonly #others: readonly (() => readonly Feature[])[];
  #verification: RunningVerification | undefined;
  #verified: LedgerVerification | undefined;
  #problem: string | undefined;

  constructor(
    hardening: Hardening,
    ledger: Pick<OpenLedger, "secondPlaceProblem">,
    reserve: Pick<DiskReserve, "refusal" | "space"> | undefined,
    /** Those of parts that are not the spine's. */
    ...others: readonly (() => readonly Feature[])[]
  ) {
    this.#others = others;
    this.#reserve = reserve;
    this.#hardening = hardening;
    this.#ledger = ledger;
  }

  get verifiedSize(): number {
    return this.#verified?.size ?? this.#verification?.progress.verified ?? 0;
  }

  /** Follows the verification of the whole ledger that runs in the background after a start. */
  watch(verification: RunningVerification, log: Logger): void {
    this.#verification = verification;
    void verification.result.then(
      (verified) => {
        this.#verified = verified;
        if (!verified.ok) log.error({ firstBad: verified.firstBad }, "the ledger does not verify");
      },
      (error: unknown) => {
        this.#problem = error instanceof Error ? error.message : "it failed";
      },
    );
  }

  list(): readonly Feature[] {
    const disk = this.#reserve === undefined ? [] : [diskReserve(this.#reserve)];
    const ledger = [this.#secondPlace(), ...disk, this.#wholeLedger()];
    return [this.#processMemory(), this.#coreFiles(), ...ledger, ...this.#others.flatMap((list) => list())];
  }

  #processMemory(): Feature {
    return this.#hardening.isNonDumpable
      ? { name: "memory-protection", state: "available", detail: "other processes cannot attach to the server" }
      : { name: "memory-protection", state: "unavailable", detail: "PR_SET_DUMPABLE could not be cleared here" };
  }

  #coreFiles(): Feature {
    return this.#hardening.hasNoCoreFiles
      ? { name: "no-core-files", state: "available", detail: "a crash writes no memory to disk" }
      : { name: "no-core-files", state: "unavailable", detail: "RLIMIT_CORE could not be set here" };
  }

  #secondPlace(): Feature {
    const problem = this.#ledger.secondPlaceProblem;
    return problem === undefined
      ? {
          name: "checkpoint-second-place",
          state: "available",
          detail: "a data folder put back to an older state is noticed",
        }
      : { name: "checkpoint-second-place", state: "unavailable", detail: problem };
  }

  #wholeLedger(): Feature {
    const name = "ledger-verification";
    if (this.#problem !== undefined) return { name, state: "unavailable", detail: this.#problem };
    if (this.#verified === undefined)
      return { name, state: "degraded", detail: "the whole ledger is still being verified" };
    const { ok, size, firstBad } = this.#verified;
    return ok
      ? { name, state: "available", detail: `verified ${size} entries after start` }
      : {
          name,
          state: "degraded",
          detail: `entry ${firstBad?.seq ?? 0} does not hold: ${firstBad?.reason ?? "unknown"}`,
        };
  }
}

function diskReserve(watched: Pick<DiskReserve, "refusal" | "space">): Feature {
  const name = "disk-reserve";
  const { space } = watched;
  if (space === undefined) return { name, state: "unavailable", detail: "the free space is not known" };
  const reserve = `${Math.round(reserveBytes(space) / 1024 / 1024)} MiB are kept free`;
  return watched.refusal() === undefined
    ? { name, state: "available", detail: reserve }
    : { name, state: "degraded", detail: `${reserve}, and less is left: nothing more is recorded` };
}
