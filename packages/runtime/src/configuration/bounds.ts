/** What one layer may hold at most: configuration is written by people, and a bomb is not configuration (ATTACKS 30). */
export const bounds = {
  maxFileBytes: 131_072,
  maxFilesPerFolder: 64,
  /** Levels of maps and lists; the schemas need five. */
  maxDepth: 16,
  /** Values of one document, those that an alias repeats included. */
  maxValues: 20_000,
  /** Tokens of a YAML text: a tenth of a second's work. */
  maxTokens: 100_000,
  maxAliases: 64,
  maxVariableCharacters: 65_536,
  maxTextCharacters: 4_096,
  /** Problems that are told; the rest is counted. */
  maxProblems: 100,
} as const;
