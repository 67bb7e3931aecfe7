import { operations } from "@holdfast/contract";
import { parseJson } from "@holdfast/kernel/json";
import { Failure } from "../failure.ts";
import { exitCodes } from "../exit-codes.ts";
import { failureOfProblem, type Problem } from "../problem.ts";
import type { Response } from "../wire/response-reader.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** As in the SDK: wider than what a server takes, because a page holds many values. */
const answerLimits = { maxDepth: 128, maxKeys: 1_000_000, maxValues: 2_000_000 };

/** The output of a call, or the failure it ended in. Numbers keep the spelling they were stored with. */
export function decodeAnswer(name: keyof typeof operations, { status, headers, body }: Response): unknown {
  const mediaType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const isExpected = (operations[name].success as readonly number[]).includes(status);
  if (isExpected && mediaType === "application/json") return parseJson(utf8.decode(body), answerLimits);
  if (mediaType === "application/problem+json")
    throw failureOfProblem(problemOf(body, status), !operations[name].mutation);
  throw new Failure(
    exitCodes.unreachable,
    `the server answered ${status} with ${mediaType ?? "nothing readable"}`,
    "is this a Holdfast server of the same version?",
  );
}

function problemOf(body: Buffer, status: number): Problem {
  return { ...(parseJson(utf8.decode(body)) as unknown as Problem), status };
}
