/** Where in a text something stands; both count from one, columns in UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Layers of files, lowest first. */
export type FileLayer = "system" | "user" | "named";

/** Where a setting's value comes from. */
export type Origin =
  | { readonly layer: "default" }
  | ({ readonly layer: FileLayer; readonly file: string } & Position)
  | { readonly layer: "environment"; readonly variable: string }
  | { readonly layer: "flag"; readonly flag: string };

/** The origin of everything that nobody set. */
export const byDefault: Origin = { layer: "default" };

/** An origin as it stands before a problem or in `holdfast config show`: `file:line:column`, a variable or a flag. */
export function printOrigin(origin: Origin): string {
  switch (origin.layer) {
    case "default":
      return "default";
    case "environment":
      return origin.variable;
    case "flag":
      return origin.flag;
    default:
      return `${origin.file}:${origin.line}:${origin.column}`;
  }
}
