import { type Alias, type Document, isNode, visit } from "yaml";

/** What each alias of a document stands for: the last node before it that has its anchor. Looked up once, in one walk. */
export function aliasTargets(document: Document.Parsed): {
  readonly targets: ReadonlyMap<object, unknown>;
  readonly count: number;
  /** Offset of the last alias. */
  readonly last: number;
} {
  const anchors = new Map<string, unknown>();
  const targets = new Map<object, unknown>();
  let last = 0;
  const onAlias = (alias: Alias): void => {
    targets.set(alias, anchors.get(alias.source));
    last = alias.range?.[0] ?? last;
  };
  visit(document, {
    Alias: (_, alias) => onAlias(alias),
    Value: (_, node) => {
      if (isNode(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return { targets, count: targets.size, last };
}
