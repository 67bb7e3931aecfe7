import type { OperationDefinition } from "../definition.ts";
import type { About } from "./openapi.ts";

/** Operations that the server answers. */
export const ofServer = ({ program }: OperationDefinition): boolean => program !== "agent";

/** Operations that an agent answers. */
export const ofAgent = ({ program }: OperationDefinition): boolean => program !== undefined;

export const aboutServer: About = {
  title: "Holdfast",
  summary: "Keeps secrets and configuration, and proves what happened.",
  server: { url: "https://127.0.0.1:8200", description: "The default address" },
};

export const aboutAgent: About = {
  title: "Holdfast agent",
  summary: "Sees what runs on a host, judges it, and tells people.",
  server: {
    url: "http://localhost",
    description: "The same routes on its Unix socket; the host name is not looked at",
  },
};
