interface Forbidden {
  readonly pattern: RegExp;
  readonly why: string;
  /** Files in which it may stand. */
  readonly except?: RegExp;
}

const forbidden: readonly Forbidden[] = [
  {
    // Every host has root's keys and history, which rules watch, and nobody is called a or alice.
    pattern:
      /(?<![\w.~-])\/(root(?!\/\.(?:ssh|aws|(?:bash|zsh)\w*|profile)(?![\w.-]))|home\/(?!(?:a|alice)\/)[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\/[\w.-]+/,
    why: "is a path on somebody's machine",
  },
  {
    pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}/,
    why: "is a private key",
    except: /\.test\.ts$/,
  },
  { pattern: /^(?:<{7}|>{7}) /m, why: "is left over from a merge" },
];

const binary = /\.(?:png|ico|db|woff2|gz|bin)$/;

/**
 * Places in a file that belong to one machine or to nobody: `neighbours` are the absolute paths of what lies beside the
 * checkout here. `scripts/repository/` itself holds the patterns.
 */
export function findForbiddenText(file: string, text: string, neighbours: readonly string[] = []): readonly string[] {
  if (binary.test(file) || file.startsWith("scripts/repository/")) return [];
  const rules = [...forbidden, ...neighbours.map(pathRule)].filter((rule) => rule.except?.test(file) !== true);
  return rules.flatMap((rule) => {
    const match = rule.pattern.exec(text);
    return match === null ? [] : [`${file}:${lineAt(text, match.index)}: "${match[0].trim()}" ${rule.why}`];
  });
}

function pathRule(path: string): Forbidden {
  return {
    pattern: new RegExp(`(?<![\\w.~-])${RegExp.escape(path)}(?![\\w.-])`),
    why: "is a path on somebody's machine",
  };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
