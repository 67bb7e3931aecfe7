import type { OperationDefinition } from "../definition.ts";
import { errorsOf, type Problem, type ProblemCode, problems } from "../errors.ts";
import { answerHeaders } from "./openapi-parts.ts";
import { pascal } from "./type-printer.ts";

/** Refusals by status. Each set of codes stands once in `responses`, since most operations share them. */
export function refusals(operation: OperationDefinition, responses: Record<string, unknown>) {
  const pairs = errorsOf(operation).flatMap((code) => statuses(operation, code).map((status) => ({ code, status })));
  const byStatus = Map.groupBy(pairs, ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => {
      const codes = all.map(({ code }) => code);
      const name = codes.map((code) => pascal(code.split("_"))).join("Or");
      responses[name] = refusal(codes);
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

const refusal = (codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${problems[code].hint}`).join("\n\n"),
  headers: answerHeaders,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

function statuses(operation: OperationDefinition, code: ProblemCode): number[] {
  const problem: Problem = problems[code];
  const conditional = operation.input.headers && problem.preconditionStatus;
  return conditional ? [problem.status, conditional] : [problem.status];
}
