/** struct audit_status of <linux/audit.h>: 32 bit numbers, the first a mask of those that are to be set. */
const ENABLED_MASK = 0x01;
const BACKLOG_LIMIT_MASK = 0x10;
const FIELDS = 11;
const LEAST_BYTES = 32;

export interface AuditStatus {
  /** 0: off, 1: on, 2: on, and locked until the next boot. */
  readonly enabled: number;
  /** Process id of the audit daemon; 0 when there is none. */
  readonly daemon: number;
  readonly backlogLimit: number;
  /** Records that the kernel has lost since boot. */
  readonly lost: number;
}

/** Reads an answer to AUDIT_GET; undefined when it is too short. */
export function decodeStatus(payload: Buffer): AuditStatus | undefined {
  if (payload.length < LEAST_BYTES) return undefined;
  return {
    enabled: payload.readUInt32LE(4),
    daemon: payload.readUInt32LE(12),
    backlogLimit: payload.readUInt32LE(20),
    lost: payload.readUInt32LE(24),
  };
}

/** Payload of AUDIT_SET that changes what is given, and nothing else. */
export function encodeStatus(changes: Partial<Pick<AuditStatus, "enabled" | "backlogLimit">>): Buffer {
  const { enabled, backlogLimit } = changes;
  const payload = Buffer.alloc(FIELDS * 4);
  const mask = (enabled === undefined ? 0 : ENABLED_MASK) | (backlogLimit === undefined ? 0 : BACKLOG_LIMIT_MASK);
  payload.writeUInt32LE(mask, 0);
  payload.writeUInt32LE(enabled ?? 0, 4);
  payload.writeUInt32LE(backlogLimit ?? 0, 20);
  return payload;
}
