/** Layouts of <linux/connector.h> and <linux/cn_proc.h>, in the byte order of the machine (little endian here). */
const CONNECTOR_BYTES = 20;
const EVENT_BYTES = 16;
export const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const PROC_CN_MCAST_LISTEN = 1;
const PROC_CN_MCAST_IGNORE = 2;

const PROC_EVENT_FORK = 0x0000_0001;
const PROC_EVENT_EXEC = 0x0000_0002;
const PROC_EVENT_EXIT = 0x8000_0000;

/** Stands for "no processor" in answers of older kernels, whose number is of another row. */
const NO_PROCESSOR = 0xffff_ffff;

interface Numbered {
  /** Counts the events of one processor: a gap is a loss. Undefined when this message does not count. */
  readonly sequence: number | undefined;
  readonly processor: number;
  readonly monotonicNs: bigint;
}

/** One event, with thread groups as the processes; `thread` differs from `pid` for threads other than the first. */
export type ConnectorMessage = Numbered &
  (
    | { kind: "fork"; pid: number; thread: number; parent: number }
    | { kind: "exec"; pid: number; thread: number }
    | { kind: "exit"; pid: number; thread: number; status: number }
    | { kind: "other" }
  );

/** Payload that asks for events, or for none any more. All kinds: with a filter in the kernel, gaps would say nothing. */
export function connectorRequest(wants: "listen" | "ignore"): Buffer {
  const bytes = Buffer.alloc(CONNECTOR_BYTES + 4);
  bytes.writeUInt32LE(CN_IDX_PROC, 0);
  bytes.writeUInt32LE(CN_VAL_PROC, 4);
  bytes.writeUInt16LE(4, 16);
  bytes.writeUInt32LE(wants === "listen" ? PROC_CN_MCAST_LISTEN : PROC_CN_MCAST_IGNORE, CONNECTOR_BYTES);
  return bytes;
}

/** Reads the payload of one netlink message; undefined when it is not a whole event. Never throws. */
export function decodeConnector(payload: Buffer): ConnectorMessage | undefined {
  if (payload.length < CONNECTOR_BYTES + EVENT_BYTES) return undefined;
  if (payload.readUInt32LE(0) !== CN_IDX_PROC || payload.readUInt32LE(4) !== CN_VAL_PROC) return undefined;
  const length = payload.readUInt16LE(16);
  if (CONNECTOR_BYTES + length > payload.length || length < EVENT_BYTES) return undefined;
  const event = payload.subarray(CONNECTOR_BYTES, CONNECTOR_BYTES + length);
  const processor = event.readUInt32LE(4);
  const numbered: Numbered = {
    sequence: processor === NO_PROCESSOR ? undefined : payload.readUInt32LE(8),
    processor,
    monotonicNs: event.readBigUInt64LE(8),
  };
  return decodeEvent(event.readUInt32LE(0), event.subarray(EVENT_BYTES), numbered);
}

function decodeEvent(what: number, data: Buffer, numbered: Numbered): ConnectorMessage | undefined {
  switch (what) {
    case PROC_EVENT_FORK:
      if (data.length < 16) return undefined;
      return {
        ...numbered,
        kind: "fork",
        parent: data.readUInt32LE(4),
        thread: data.readUInt32LE(8),
        pid: data.readUInt32LE(12),
      };
    case PROC_EVENT_EXEC:
      return data.length < 8 ? undefined : { ...numbered, kind: "exec", ...ids(data) };
    case PROC_EVENT_EXIT:
      return data.length < 12 ? undefined : { ...numbered, kind: "exit", ...ids(data), status: data.readUInt32LE(8) };
    default:
      return { ...numbered, kind: "other" };
  }
}

function ids(data: Buffer): { thread: number; pid: number } {
  return { thread: data.readUInt32LE(0), pid: data.readUInt32LE(4) };
}
