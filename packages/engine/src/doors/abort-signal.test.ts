import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { abortSignalOf } from "./abort-signal.ts";

const responseWith = (state: { readonly destroyed?: boolean; writableFinished?: boolean }) =>
  Object.assign(new EventEmitter(), {
    destroyed: false,
    writableFinished: false,
    ...state,
  }) as unknown as ServerResponse;

test("a client that goes away before its answer aborts the call", () => {
  const response = responseWith({});
  const signal = abortSignalOf(response);
  expect(signal.aborted).toBe(false);
  response.emit("close");
  expect(signal.aborted).toBe(true);
});

test("a client that had its answer does not", () => {
  const response = responseWith({ writableFinished: true });
  const signal = abortSignalOf(response);
  response.emit("close");
  expect(signal.aborted).toBe(false);
});

test("a client that has gone already aborts at once", () => {
  expect(abortSignalOf(responseWith({ destroyed: true })).aborted).toBe(true);
});
