import { type Condition, conditionCovers } from "./condition.ts";
import type { Grant } from "./grant.ts";
import { anyDepth, anySegment, segmentsOf } from "./pattern.ts";
import { isEveryAction, type Permission } from "./permission.ts";

/** One segment of the held patterns that begin alike. Grants stand where their pattern ends, under what they allow. */
interface Branch {
  readonly next: Map<string, Branch>;
  readonly grants: Map<string, Set<Grant>>;
}

/**
 * What an actor holds, and may therefore hand on. Roles are as large as their authors like, and both sides of this
 * comparison are a caller's: reading one for each permission of the other would stop the server for minutes.
 */
export class Holdings {
  readonly #held: readonly Grant[];
  #index: Branch | undefined;

  constructor(held: readonly Grant[]) {
    this.#held = held;
  }

  /** The permissions of `wanted` that are not held: nobody grants more than they hold. */
  excessOf(wanted: Omit<Grant, "role">): readonly Permission[] {
    const index = (this.#index ??= indexOf(this.#held));
    const wide = new Set(this.#held.filter((grant) => areConditionsMet(grant.conditions, wanted.conditions)));
    return wanted.permissions.filter((permission) => {
      const allowing = allowingOf(permission);
      const isHeld = (branch: Branch) => allowing.some((key) => hasAny(branch.grants.get(key), wide));
      return !covers(index, segmentsOf(permission.pattern), 0, isHeld);
    });
  }
}

/** Whether each condition of the holder is kept by one at least as narrow. */
function areConditionsMet(own: readonly Condition[], wanted: readonly Condition[]): boolean {
  return own.every((condition) => wanted.some((narrow) => conditionCovers(condition, narrow)));
}

function indexOf(held: readonly Grant[]): Branch {
  const root = plant();
  for (const grant of held) {
    for (const { resource, pattern, action } of grant.permissions) {
      let at = root;
      for (const segment of segmentsOf(pattern)) at = under(at, segment);
      const key = keyOf(resource, action);
      at.grants.set(key, (at.grants.get(key) ?? new Set()).add(grant));
    }
  }
  return root;
}

const plant = (): Branch => ({ next: new Map(), grants: new Map() });

function under(branch: Branch, segment: string): Branch {
  const known = branch.next.get(segment);
  if (known !== undefined) return known;
  const added = plant();
  branch.next.set(segment, added);
  return added;
}

/** `admin` and `*` say the same. */
const keyOf = (resource: Permission["resource"], action: Permission["action"]): string =>
  `${resource}:${isEveryAction(action) ? "*" : action}`;

/** Keys under which a grant allows all of this permission, whatever their pattern. */
const allowingOf = ({ resource, action }: Permission): readonly string[] => [
  keyOf(resource, action),
  keyOf(resource, "*"),
  keyOf("*", action),
  keyOf("*", "*"),
];

/** As `patternCovers`, for all held patterns at once; a literal can be no wildcard (ATTACKS 7). */
function covers(
  branch: Branch | undefined,
  segments: readonly string[],
  depth: number,
  isHeld: (branch: Branch) => boolean,
): boolean {
  if (branch === undefined) return false;
  const deep = branch.next.get(anyDepth);
  if (deep !== undefined && isHeld(deep)) return true;
  const segment = segments[depth];
  if (segment === undefined) return isHeld(branch);
  if (segment === anyDepth) return false;
  if (covers(branch.next.get(segment), segments, depth + 1, isHeld)) return true;
  return segment !== anySegment && covers(branch.next.get(anySegment), segments, depth + 1, isHeld);
}

const hasAny = (grants: ReadonlySet<Grant> | undefined, wide: ReadonlySet<Grant>): boolean =>
  grants !== undefined && !grants.isDisjointFrom(wide);
