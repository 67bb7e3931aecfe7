/** Front door of hosts: what is seen of the host an agent runs on, what was missed, and what that costs. */
export { hostOperations, type HostReadings } from "./operations.ts";
