import type { Collector } from "../collector.ts";
import type { Accounts } from "./passwd.ts";

/** Local user accounts. */
export function usersCollector(accounts: Accounts, intervalSeconds = 30): Collector {
  return {
    name: "users",
    intervalSeconds,
    collect: () => Promise.resolve([{ table: "users", snapshot: accounts.all().map((account) => ({ ...account })) }]),
  };
}
