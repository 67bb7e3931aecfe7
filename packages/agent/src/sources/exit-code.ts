/** Code of an exit, or 128 + signal, of the status that wait(2) gives. */
export function exitCodeOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >>> 8) & 0xff : 128 + signal;
}
