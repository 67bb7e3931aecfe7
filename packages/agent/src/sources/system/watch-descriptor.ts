import koffi from "koffi";

/** Stops watching. */
export type StopWatching = () => void;

const watches = new Set<ReturnType<typeof koffi.node.poll>>();
let isEndAwaited = false;

/** A watch that is told of something when Node takes its environment down would abort the process: all end before. */
function endBeforeNode(): void {
  if (isEndAwaited) return;
  isEndAwaited = true;
  process.once("exit", () => {
    for (const watch of watches) watch.close();
  });
}

/**
 * Calls `onReadable` in a turn of its own whenever the descriptor has something to read, as long as it is not all read;
 * `onDead` when the descriptor cannot be watched any more. It neither takes a thread nor keeps the process alive.
 */
export function watchDescriptor(descriptor: number, onReadable: () => void, onDead: () => void): StopWatching {
  const later = (call: () => void): void => {
    setImmediate(() => {
      if (watches.has(watch)) call();
    });
  };
  // koffi hands over the status first, other than its types say; what throws in this call would end the process.
  const tell = ((status: number) => later(status < 0 ? onDead : onReadable)) as unknown as () => void;
  const watch = koffi.node.poll(descriptor, { readable: true }, tell);
  watch.unref();
  watches.add(watch);
  endBeforeNode();
  return () => {
    if (watches.delete(watch)) watch.close();
  };
}
