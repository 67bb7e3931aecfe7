import { afterAll } from "vitest";
import { dropDatabases } from "../storage.ts";

// Registered before any hook of the file, so it runs after all of them.
afterAll(dropDatabases);
