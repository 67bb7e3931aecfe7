/** Goes on at once when the value is at hand: a promise for every step would cost a cached read more than its decryption. */
export function whenReady<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then((ready) => next(ready)) : next(value);
}
