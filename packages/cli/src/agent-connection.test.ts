import { expect, it } from "vitest";
import { agentConnection } from "./agent-connection.ts";
import { Failure } from "./failure.ts";

const refusing = (error: Error) => {
  const refuse = () => Promise.reject(error);
  return agentConnection({ call: refuse, confirm: refuse });
};

it("what an agent refuses is explained by the agent, not by a server", async () => {
  const { call, confirm } = refusing(new Failure(4, "Not allowed.", "ask the server", "forbidden"));
  const expected = { exitCode: 4, message: "Not allowed.", code: "forbidden" };
  await expect(call("status", {})).rejects.toMatchObject({
    ...expected,
    hint: expect.stringContaining("why --agent") as string,
  });
  await expect(confirm()).rejects.toMatchObject(expected);
});

it("everything else stays what it is", async () => {
  for (const error of [
    new Failure(6, "gone", "start it"),
    new Failure(3, "no", "list", "not_found"),
    new Error("fault"),
  ])
    await expect(refusing(error).call("status", {})).rejects.toBe(error);
});
