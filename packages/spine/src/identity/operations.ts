import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import type { Access } from "../access/index.ts";
import { createToken } from "./create-token.ts";
import { listTokens, lookupSelf, lookupToken } from "./lookup-token.ts";
import { revokeSelf, revokeToken } from "./revoke-token.ts";

export function identityOperations(
  definition: (name: string) => OperationDefinition,
  access: Access,
  tokenKey: Uint8Array,
): Operation[] {
  return [
    implement(definition("token.create"), createToken(access, tokenKey)),
    implement(definition("token.list"), listTokens),
    implement(definition("token.lookup"), lookupToken(tokenKey)),
    implement(definition("token.self"), lookupSelf),
    implement(definition("token.revoke"), revokeToken(tokenKey)),
    implement(definition("token.revoke-self"), revokeSelf),
  ];
}
