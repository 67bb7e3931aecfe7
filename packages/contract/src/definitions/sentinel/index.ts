import type { OperationDefinition } from "../../definition.ts";
import { alert } from "./alert.ts";
import { host } from "./host.ts";
import { query } from "./query.ts";
import { rule } from "./rule.ts";
import { silence } from "./silence.ts";
import { sink } from "./sink.ts";

/** What an agent alone can be asked. */
export const sentinel: readonly OperationDefinition[] = [...alert, ...silence, ...sink, ...rule, ...query, ...host];
