import { expect, test } from "vitest";
import { chooseSteps, projects } from "./arguments.ts";

test("without arguments everything runs, and coverage is judged", () => {
  const chosen = chooseSteps([]);
  expect(chosen.gates).toEqual(["format", "types", "lint", "boundaries", "dead-code", "repository"]);
  expect(chosen.projects).toEqual(["unit", "unit-postgres", "e2e", "e2e-postgres", "e2e-plain", "faults"]);
  expect(chosen.isWhole).toBe(true);
});

test("--only runs the steps that it names, in the usual order", () => {
  expect(chooseSteps(["--only", "unit,types"])).toMatchObject({ gates: ["types"], projects: ["unit"], isWhole: false });
});

test("what is not --only goes to vitest, and then tests run alone", () => {
  expect(chooseSteps(["packages/kernel", "-t", "seal"])).toEqual({
    gates: [],
    projects: projects,
    vitest: ["packages/kernel", "-t", "seal"],
    isWhole: false,
  });
  expect(chooseSteps(["--only", "unit", "packages/kernel"]).vitest).toEqual(["packages/kernel"]);
});

test("a step that does not exist is refused by name, with the list of those that do", () => {
  expect(() => chooseSteps(["--only", "tpyes"])).toThrow(/format, types, .*"tpyes" is none/);
  expect(() => chooseSteps(["--only"])).toThrow(/--only takes a list of/);
});
