import type { Context } from "@holdfast/engine";
import { type Kind, type Node, nodeOf, nodesTable } from "./store.ts";

/** A path that shows: a live key, a folder of the standing tree, or a folder because something in it shows. */
export interface Shown {
  readonly path: string;
  readonly kind: Node["kind"];
  readonly node: Node | undefined;
}

export interface Walk {
  /** Canonical folder, or empty for the whole tenant. */
  readonly folder: string;
  readonly kinds: readonly Kind[];
  /** Levels below the folder; what lies deeper shows as the folder it is in. */
  readonly depth: number;
  readonly hasFolders: boolean;
  readonly limit: number;
  readonly from: Position | undefined;
}

/** Where a walk goes on: at this row, of whose folders the first `shown` have been shown. */
export interface Position {
  readonly path: string;
  readonly shown: number;
}

export interface Walked {
  readonly items: readonly Shown[];
  readonly next: Position | undefined;
}

/** Rows looked at for one answer, whether they show or not: an answer may be short and go on. */
const MAX_ROWS = 2048;
const FIRST_PAGE_ROWS = 8;
const MAX_PAGE_ROWS = 128;
const SQL = "SELECT * FROM nodes WHERE tenant = ? AND path >= ? AND path < ? ORDER BY path LIMIT ?";
/** Above every path: no path holds this code point. */
const END = "\u{10ffff}";

/** Paths of a tenant in byte order, each decided for the caller, in bounded steps (ATTACKS 8, 11). */
export async function walk(context: Context, of: Walk): Promise<Walked> {
  const steps = new Steps(of);
  let rowsLeft = MAX_ROWS;
  for await (const node of nodesFrom(context, of, steps)) {
    if (steps.isSkipped(node.path)) continue;
    if (rowsLeft-- === 0) return { items: steps.items, next: steps.positionAt(node) };
    if (!(await isVisible(context, of, node))) continue;
    if (!steps.show(node)) return { items: steps.items, next: steps.positionAt(node) };
  }
  return { items: steps.items, next: undefined };
}

async function* nodesFrom({ reads, tenant }: Context, { folder, from }: Walk, steps: Steps): AsyncGenerator<Node> {
  const end = folder === "" ? END : `${folder}0`;
  let start = from?.path ?? (folder === "" ? "" : `${folder}/`);
  for (let size = FIRST_PAGE_ROWS; ; size = Math.min(size * 4, MAX_PAGE_ROWS)) {
    const nodes = (await reads.rows(nodesTable, SQL, [tenant, start, end, size])).map(nodeOf);
    yield* nodes;
    const last = nodes.at(-1);
    if (last === undefined || nodes.length < size) return;
    const skipped = steps.isSkipped(last.path);
    // `0` follows `/`, and nothing in a path comes before a control character.
    start = skipped ? `${steps.skipped}0` : `${last.path}\u0001`;
    if (skipped) size = FIRST_PAGE_ROWS / 4;
  }
}

async function isVisible(context: Context, { kinds, hasFolders }: Walk, { kind, path, state }: Node): Promise<boolean> {
  if (kind !== "directory") {
    return (
      state === "live" &&
      kinds.includes(kind) &&
      (await context.decide({ resource: kind, path, action: "list" })).allowed
    );
  }
  if (!hasFolders) return false;
  for (const resource of kinds) if ((await context.decide({ resource, path, action: "list" })).allowed) return true;
  return false;
}

/** What has been shown so far, and which folders of it are open. */
class Steps {
  readonly items: Shown[] = [];
  /** A folder at the deepest level, whose content is left out. */
  skipped: string | undefined;
  readonly #of: Walk;
  readonly #base: number;
  #open: readonly string[];

  constructor(of: Walk) {
    this.#of = of;
    this.#base = of.folder === "" ? 0 : of.folder.split("/").length;
    this.#open = of.from === undefined ? [] : this.#below(of.from.path).slice(0, of.from.shown);
  }

  isSkipped(path: string): boolean {
    return this.skipped !== undefined && path.startsWith(`${this.skipped}/`);
  }

  positionAt({ path }: Node): Position {
    return { path, shown: this.#shownOf(this.#below(path)) };
  }

  /** Shows a node and the folders above it that have not been shown; false when there is no more room. */
  show(node: Node): boolean {
    const { depth, hasFolders } = this.#of;
    const segments = this.#below(node.path);
    const isFolder = node.kind === "directory";
    const folders = hasFolders ? Math.min(isFolder ? segments.length : segments.length - 1, depth) : 0;
    this.#open = segments.slice(0, this.#shownOf(segments.slice(0, folders)));
    while (this.#open.length < folders) {
      const level = this.#open.length + 1;
      const isNode = isFolder && level === segments.length;
      const path = this.#pathOf(node.path, level);
      if (!this.#push({ path, kind: "directory", node: isNode ? node : undefined })) return false;
      this.#open = segments.slice(0, level);
    }
    if (segments.length > depth) this.skipped = this.#pathOf(node.path, depth);
    return isFolder || segments.length > depth || this.#push({ path: node.path, kind: node.kind, node });
  }

  #push(item: Shown): boolean {
    return this.items.length < this.#of.limit && this.items.push(item) > 0;
  }

  #below(path: string): string[] {
    return path.split("/").slice(this.#base);
  }

  #pathOf(path: string, level: number): string {
    return path.split("/", this.#base + level).join("/");
  }

  /** How many of these folders are open already. */
  #shownOf(segments: readonly string[]): number {
    const differs = segments.findIndex((segment, level) => segment !== this.#open[level]);
    return differs < 0 ? segments.length : differs;
  }
}
