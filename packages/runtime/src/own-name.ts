import { userInfo } from "node:os";

/** Name of the user who runs this process; `uid 1000` where the system has no name for it, as in many containers. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
