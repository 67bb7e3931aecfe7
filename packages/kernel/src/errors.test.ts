import { expect, test } from "vitest";
import { KernelError, kernelErrorCodes } from "./errors.ts";

test("the codes are public and stable", () => {
  expect(kernelErrorCodes).toEqual([
    "encoding_invalid",
    "out_of_range",
    "id_invalid",
    "json_malformed",
    "json_too_large",
    "json_not_canonical",
    "value_too_large",
    "key_invalid",
    "entry_invalid",
    "head_invalid",
    "tile_invalid",
    "note_invalid",
    "checkpoint_invalid",
    "proof_invalid",
  ]);
});

test("an error says where in the text it is, when there is a text", () => {
  const error = new KernelError("json_malformed", "expected :", 7);
  expect(error).toMatchObject({ name: "KernelError", code: "json_malformed", position: 7 });
  expect(error.message).toBe("expected : at position 7");
  expect(new KernelError("out_of_range", "too far").message).toBe("too far");
});
