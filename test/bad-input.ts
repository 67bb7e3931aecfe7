import { type Fields, type Operation, type Request, requestOf, type Schema } from "./catalogue.ts";

export interface BadRequest {
  readonly title: string;
  readonly request: { readonly target: string; readonly headers?: Record<string, string>; readonly body?: unknown };
}

/** Ways to get an operation's input wrong, each of which the catalogue's schemas forbid. */
export function badRequests(operation: Operation, good: Fields): readonly BadRequest[] {
  const request = requestOf(operation, good);
  return [
    { title: "unknown query member", request: { ...request, target: withMember(request.target, "unheard-of=1") } },
    ...badQueries(operation, good),
    ...badParams(operation, good),
    ...(request.body === undefined ? bodyOfNone(request) : badBodies(operation, request, request.body)),
    ...(operation.mutation ? badHeaders(request) : []),
  ];
}

const withMember = (target: string, member: string) => `${target}${target.includes("?") ? "&" : "?"}${member}`;

function badQueries(operation: Operation, good: Fields): BadRequest[] {
  const { properties = {}, required = [] } = operation.input.query ?? {};
  return [
    ...Object.entries(properties).map(([name, schema]) => ({
      title: `query ${name} out of its schema`,
      request: requestOf(operation, { ...good, [name]: wrongText(schema) }),
    })),
    ...required.map((name) => ({
      title: `query ${name} missing`,
      request: requestOf(operation, Object.fromEntries(Object.entries(good).filter(([field]) => field !== name))),
    })),
  ];
}

function badParams(operation: Operation, good: Fields): BadRequest[] {
  return Object.entries(operation.input.params?.properties ?? {}).flatMap(([name, schema]) => {
    const texts = operation.spans.includes(name) ? ["a//b", "a/../b", "/a"] : [wrongText(schema)];
    return texts.map((text) => ({
      title: `parameter ${name}`,
      request: requestOf(operation, { ...good, [name]: text }),
    }));
  });
}

function badBodies(operation: Operation, request: Request, body: Record<string, unknown>): BadRequest[] {
  const { properties = {}, required = [] } = operation.input.body ?? {};
  const sent = (title: string, body: unknown): BadRequest => ({ title, request: { ...request, body } });
  const text = JSON.stringify(body);
  return [
    sent("unknown body member", { ...body, unheardOf: 1 }),
    sent("__proto__ as a member", text.replace("{", text === "{}" ? '{"__proto__":{}' : '{"__proto__":{},')),
    sent("malformed JSON", `${text}}`),
    sent("a member twice", '{"a":1,"a":1}'),
    sent("not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    sent("not an object", "[]"),
    {
      title: "another media type",
      request: { ...request, headers: { "content-type": "text/plain" }, body: `${text} ` },
    },
    ...required.map((name) =>
      sent(`${name} missing`, Object.fromEntries(Object.entries(body).filter(([field]) => field !== name))),
    ),
    ...Object.entries(properties).flatMap(([name, schema]) =>
      wrongValues(schema).map((value) => sent(`${name}: ${JSON.stringify(value)}`, { ...body, [name]: value })),
    ),
  ];
}

const bodyOfNone = (request: Request): BadRequest[] => [
  { title: "a body where none belongs", request: { ...request, body: { a: 1 } } },
];

const badHeaders = (request: Request): BadRequest[] => [
  {
    title: "short Idempotency-Key",
    request: { ...request, headers: { ...request.headers, "idempotency-key": "short" } },
  },
];

/** Text of a target that no decoding makes right. */
function wrongText({ type, maxLength = 64, maximum = 0 }: Schema): string {
  if (type === "integer") return String(maximum < Number.MAX_SAFE_INTEGER ? maximum + 1 : "1e3");
  return type === "boolean" ? "perhaps" : "~".repeat(maxLength + 1);
}

/** A value of another type, and null, which must never become a default. */
function wrongValues({ type }: Schema): unknown[] {
  if (type === undefined) return [];
  return [type === "string" || type === "array" ? 7 : "7", null];
}
