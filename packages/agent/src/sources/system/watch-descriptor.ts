import koffi from "koffi";

/** Stops watching. */
export type StopWatching = () => void;

/**
 * Calls `onReadable` in a turn of its own whenever the descriptor has something to read, as long as it is not all read;
 * `onDead` when the descriptor cannot be watched any more. It neither takes a thread nor keeps the process alive.
 */
export function watchDescriptor(descriptor: number, onReadable: () => void, onDead: () => void): StopWatching {
  let isWatched = true;
  const later = (call: () => void): void => {
    setImmediate(() => {
      if (isWatched) call();
    });
  };
  // koffi hands over the status first, other than its types say; what throws in this call would end the process.
  const tell = ((status: number) => later(status < 0 ? onDead : onReadable)) as unknown as () => void;
  const handle = koffi.node.poll(descriptor, { readable: true }, tell);
  handle.unref();
  return () => {
    isWatched = false;
    handle.close();
  };
}
