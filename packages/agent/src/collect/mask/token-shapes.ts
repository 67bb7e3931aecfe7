import type { Ranges } from "./ranges.ts";

interface Shape {
  readonly prefix: string;
  readonly minLength: number;
}

/** Tokens that say by their first letters whose they are, as their issuers document them. */
const SHAPES: readonly Shape[] = [
  { prefix: "AKIA", minLength: 20 }, // AWS access key
  { prefix: "ASIA", minLength: 20 },
  { prefix: "ghp_", minLength: 36 }, // GitHub
  { prefix: "gho_", minLength: 36 },
  { prefix: "ghu_", minLength: 36 },
  { prefix: "ghs_", minLength: 36 },
  { prefix: "ghr_", minLength: 36 },
  { prefix: "github_pat_", minLength: 40 },
  { prefix: "glpat-", minLength: 20 }, // GitLab
  { prefix: "xoxb-", minLength: 20 }, // Slack
  { prefix: "xoxp-", minLength: 20 },
  { prefix: "xoxa-", minLength: 20 },
  { prefix: "xapp-", minLength: 20 },
  { prefix: "sk_live_", minLength: 20 }, // Stripe
  { prefix: "rk_live_", minLength: 20 },
  { prefix: "sk-", minLength: 24 }, // OpenAI and others
  { prefix: "AIza", minLength: 39 }, // Google
  { prefix: "ya29.", minLength: 30 },
  { prefix: "npm_", minLength: 36 },
  { prefix: "pypi-", minLength: 40 },
  { prefix: "hvs.", minLength: 20 }, // Vault
  { prefix: "hvb.", minLength: 20 },
  { prefix: "dop_v1_", minLength: 40 }, // DigitalOcean
  { prefix: "SG.", minLength: 40 }, // SendGrid
  { prefix: "AGE-SECRET-KEY-1", minLength: 40 },
];

/** No token is shorter. */
export const SHORTEST_TOKEN: number = Math.min(...SHAPES.map(({ minLength }) => minLength));

const JWT_PREFIX = "eyJ";
const JWT_DOTS = 2;
const JWT_MIN = 30;
const BEGIN_KEY = "-----BEGIN ";
const PRIVATE_KEY = "PRIVATE KEY";
const END_KEY = "-----END ";
const MAX_LABEL = 64;

/** Finds tokens by their shape, and private keys, in one pass over the text. */
export function findTokens(text: string, ranges: Ranges): void {
  for (let start = 0; start < text.length; ) {
    if (!isTokenCharacter(text.charCodeAt(start))) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < text.length && isTokenCharacter(text.charCodeAt(end))) end++;
    const token = text.slice(start, end);
    if (isToken(token)) ranges.push([start, end]);
    start = end;
  }
  findPrivateKeys(text, ranges);
}

function isToken(token: string): boolean {
  if (SHAPES.some(({ prefix, minLength }) => token.length >= minLength && token.startsWith(prefix))) return true;
  return token.length >= JWT_MIN && token.startsWith(JWT_PREFIX) && token.split(".").length > JWT_DOTS;
}

function findPrivateKeys(text: string, ranges: Ranges): void {
  for (let begin = text.indexOf(BEGIN_KEY); begin >= 0; begin = text.indexOf(BEGIN_KEY, begin + 1)) {
    const label = text.slice(begin + BEGIN_KEY.length, begin + BEGIN_KEY.length + MAX_LABEL);
    if (!label.includes(PRIVATE_KEY)) continue;
    const end = text.indexOf(END_KEY, begin);
    // What was cut off has no end, and is secret as far as it goes.
    ranges.push([begin, end < 0 ? text.length : end]);
    if (end < 0) return;
    begin = end;
  }
}

/** Letters, digits, `_`, `-` and `.`. */
function isTokenCharacter(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d || code === 0x2e;
}
