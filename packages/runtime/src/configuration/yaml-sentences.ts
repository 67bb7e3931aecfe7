import type { ErrorCode } from "yaml";

/** What is wrong with a YAML text, in words that quote nothing of it. */
export const yamlSentences: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias has an anchor or a tag",
  BAD_ALIAS: "an alias has no anchor before it, or no good name",
  BAD_COLLECTION_TYPE: "a tag does not fit what follows it",
  BAD_DIRECTIVE: "there is a directive (a line that begins with %) that means nothing here",
  BAD_DQ_ESCAPE: "a text in double quotes has an unknown escape",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_PROP_ORDER: "an anchor or a tag stands in the wrong place",
  BAD_SCALAR_START: "a text begins with a sign that has to stand in quotes",
  BLOCK_AS_IMPLICIT_KEY: "there is a second colon in the line; a text with a colon and a blank has to stand in quotes",
  BLOCK_IN_FLOW: "there are indented lines between brackets",
  DUPLICATE_KEY: "a key is given twice",
  IMPOSSIBLE: "it cannot be understood",
  KEY_OVER_1024_CHARS: "a key is too long",
  MISSING_CHAR: "a sign is missing, such as a closing quote, a bracket, a comma or a blank after a colon",
  MULTILINE_IMPLICIT_KEY: "a key reaches over more than one line, or a colon is missing",
  MULTIPLE_ANCHORS: "a value has two anchors",
  MULTIPLE_DOCS: "the file has more than one document",
  MULTIPLE_TAGS: "a value has two tags",
  NON_STRING_KEY: "a key is not text",
  RESOURCE_EXHAUSTION: "there are too many levels",
  TAB_AS_INDENT: "a line is indented by a tab; use blanks",
  TAG_RESOLVE_FAILED: "a tag (a word that begins with !) is not allowed",
  UNEXPECTED_TOKEN: "there is something that does not belong here",
};
