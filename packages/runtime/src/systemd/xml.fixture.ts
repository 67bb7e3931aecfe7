/** An element of a well-formed XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

const markup =
  /<\?xml[^?]*\?>|<!DOCTYPE[^>]*>|<!--(?:(?!--)[\s\S])*-->|<\/([A-Za-z][\w.-]*)\s*>|<([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.:-]*="[^"<]*")*)\s*(\/?)>/y;

/** Reads a document without a library, or says where it is not well-formed: one root, tags that close, sound entities. */
export function parseXml(text: string): XmlElement {
  const roots: XmlElement[] = [];
  const open: { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] }[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("<", at);
    const content = text.slice(at, end === -1 ? undefined : end);
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(content)) throw new Error(`a bare & at ${at}`);
    if (content.trim() !== "" && open.length === 0) throw new Error(`text outside the root at ${at}`);
    if (content.trim() !== "") open.at(-1)?.children.push(content.trim());
    if (end === -1) break;
    markup.lastIndex = end;
    const match = markup.exec(text);
    if (match === null) throw new Error(`no sound tag at ${end}: ${text.slice(end, end + 40)}`);
    at = markup.lastIndex;
    const [, closes, opens, attributes = "", isEmpty] = match;
    if (opens !== undefined) {
      const found = [...attributes.matchAll(/([\w.:-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]);
      open.push({ name: opens, attributes: Object.fromEntries(found) as Record<string, string>, children: [] });
    }
    if (closes === undefined && isEmpty !== "/") continue;
    const done = open.pop();
    if (done === undefined || (closes !== undefined && closes !== done.name))
      throw new Error(`${closes} closes nothing`);
    (open.at(-1)?.children ?? roots).push(done);
  }
  const [root, second] = roots;
  if (root === undefined || second !== undefined || open.length > 0) throw new Error("there is not exactly one root");
  return root;
}
