import { definitions } from "../definitions/index.ts";
import { problems } from "../errors.ts";
import { catalogue } from "./catalogue.ts";
import { openapi } from "./openapi.ts";
import { aboutAgent, aboutServer, ofAgent, ofServer } from "./programs.ts";
import { operationsModule, problemsModule } from "./operations.ts";
import { typesModule } from "./types.ts";

const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;

/** File name to content of everything that is checked in under emitted/. */
export function emit(version: string): ReadonlyMap<string, string> {
  return new Map([
    ["catalogue.json", json(catalogue(definitions))],
    ["operations.ts", operationsModule(definitions)],
    ["problems.ts", problemsModule(problems)],
    ["types.ts", typesModule(definitions)],
    ["openapi.json", json(openapi(definitions.filter(ofServer), version, aboutServer))],
    ["openapi-agent.json", json(openapi(definitions.filter(ofAgent), version, aboutAgent))],
  ]);
}
