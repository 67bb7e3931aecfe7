import { KernelError } from "./errors.ts";
import { TILE_WIDTH } from "./merkle.ts";

/** A tile or entry bundle of a static log, as C2SP tlog-tiles names it. */
export interface TileName {
  /** 0 to 63, or that of the entries themselves. */
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; below 256 the tile is partial. */
  readonly width: number;
}

const PATH = /^tile\/(0|[1-9]|[1-5][0-9]|6[0-3]|entries)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** `tile/<L>/<N>[.p/<W>]` */
export function tilePath(level: number, index: number, width = TILE_WIDTH): string {
  return pathOf({ level, index, width });
}

/** `tile/entries/<N>[.p/<W>]` */
export function bundlePath(index: number, width = TILE_WIDTH): string {
  return pathOf({ level: "entries", index, width });
}

function pathOf({ level, index, width }: TileName): string {
  const suffix = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${indexPath(index)}${suffix}`;
}

/** Groups of three digits, all but the last with an `x` before them: no folder is named like a file. */
function indexPath(index: number): string {
  let path = threeDigits(index % 1000);
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${threeDigits(rest % 1000)}/${path}`;
  }
  return path;
}

const threeDigits = (value: number): string => String(value).padStart(3, "0");

/** What a path names; paths that `tilePath` and `bundlePath` would spell differently are refused. */
export function parseTilePath(path: string): TileName {
  const [, levelText, indexText, widthText] = PATH.exec(path) ?? [];
  if (levelText === undefined || indexText === undefined) throw invalid();
  const level = levelText === "entries" ? levelText : Number(levelText);
  const index = Number(indexText.replaceAll(/[x/]/g, ""));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (!Number.isSafeInteger(index) || pathOf({ level, index, width }) !== path || width > TILE_WIDTH) throw invalid();
  return { level, index, width };
}

function invalid(): KernelError {
  return new KernelError("tile_invalid", "the path names no tile");
}
