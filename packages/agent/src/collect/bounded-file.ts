import { constants } from "node:fs";
import { open } from "node:fs/promises";

const CHUNK_BYTES = 64 * 1024;

export interface BoundedRead {
  readonly maxBytes: number;
  /** A link in place of the file is not followed. */
  readonly isNoLink?: boolean;
}

/** Text of a file, and who owns it. */
export interface BoundedText {
  readonly text: string;
  /** Its end was left out: it is longer than the bound. */
  readonly isCut: boolean;
}

/**
 * Reads a regular file, or one of /proc, up to a bound; undefined when it is not there, may not be read, or is something
 * else: a pipe in the place of a file must not block, and a device must not be touched (ATTACKS 23).
 */
export async function readBounded(
  path: string,
  { maxBytes, isNoLink = false }: BoundedRead,
): Promise<BoundedText | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (isNoLink ? constants.O_NOFOLLOW : 0);
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    while (bytes <= maxBytes) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    const all = Buffer.concat(chunks);
    return { text: all.toString("utf8", 0, Math.min(bytes, maxBytes)), isCut: bytes > maxBytes };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
