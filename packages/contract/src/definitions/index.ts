import type { OperationDefinition } from "../definition.ts";
import { audit } from "./audit.ts";
import { decision } from "./decision.ts";
import { grant } from "./grant.ts";
import { kept } from "./kept/index.ts";
import { key } from "./key.ts";
import { namespace } from "./namespace.ts";
import { registry } from "./registry.ts";
import { role } from "./role.ts";
import { sentinel } from "./sentinel/index.ts";
import { status } from "./status.ts";
import { tenant } from "./tenant.ts";
import { token } from "./token.ts";

/** All operations. A new capability is one more file and one more line here. */
export const definitions: readonly OperationDefinition[] = [
  ...kept("secret"),
  ...kept("config"),
  ...registry,
  ...namespace,
  ...token,
  ...role,
  ...grant,
  ...decision,
  ...tenant,
  ...key,
  ...audit,
  ...status,
  ...sentinel,
];
