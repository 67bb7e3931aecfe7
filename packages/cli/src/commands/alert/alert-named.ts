import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";

const ID = /^al_[a-z2-7]{26}$/;
const PREFIX = /^(?:al_)?([a-z2-7]{4,26})$/;
const MOST_SHOWN = 5;

/** The id that was typed: whole, or as much of its beginning as tells it from all others, with or without `al_`. */
export async function alertNamed({ call }: Pick<Context, "call">, text: string): Promise<string> {
  if (ID.test(text)) return text;
  const prefix = PREFIX.exec(text)?.[1];
  if (prefix === undefined) {
    throw usage(
      `"${text}" is no id of an alert`,
      "an id is al_ and 26 letters and digits; 4 or more of them suffice. `holdfast alerts` lists them",
    );
  }
  const { items } = await call("alert.list", { id: `al_${prefix}`, limit: MOST_SHOWN });
  const [first, ...others] = items.map(({ id }) => id);
  if (first === undefined) {
    const hint = "`holdfast alerts --state all` lists those that there are";
    throw new Failure(exitCodes.notFound, `there is no alert whose id begins with al_${prefix}`, hint);
  }
  if (others.length === 0) return first;
  throw usage(`al_${prefix} is the beginning of several ids`, `type more of it: ${[first, ...others].join(", ")}`);
}
