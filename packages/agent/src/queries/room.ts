import { Refusal } from "@holdfast/engine";

/** So many at a time; one more is told to come back, before any work. */
export class Room {
  readonly #places: number;
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Takes a place; the returned function gives it back, once. */
  enter(): () => void {
    if (this.#taken >= this.#places) {
      throw new Refusal("overloaded", `${this.#places} queries are running already.`, { retryAfterSeconds: 1 });
    }
    this.#taken += 1;
    let isInside = true;
    return () => {
      if (isInside) this.#taken -= 1;
      isInside = false;
    };
  }
}
