/** An element of an XML document, its text without that of what is inside it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const NAME = '[A-Za-z_][\\w.:-]*';
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'gy');
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Reads a well-formed document of elements and text (XML 1.0, 2.1), and throws for anything else. */
export function parseXml(document: string): XmlElement {
  if (FORBIDDEN.test(document)) throw new Error('a character that XML does not have');
  const declaration = /^<\?xml version="1\.0" encoding="utf-8"\?>\s*/.exec(document);
  if (!declaration) throw new Error('no declaration');
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [];
  let root: XmlElement | undefined;
  for (let at = declaration[0].length; at < document.length;) {
    if (document[at] !== '<') {
      const end = document.indexOf('<', at);
      const text = document.slice(at, end === -1 ? document.length : end);
      const inside = open.at(-1);
      if (inside) inside.text += decoded(text);
      else if (text.trim() !== '') throw new Error('text outside the root');
      at += text.length;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(document);
    if (!tag) throw new Error(`no tag at ${String(at)}: ${document.slice(at, at + 40)}`);
    at = TAG.lastIndex;
    const [, closes, name = '', attributes = '', isEmpty] = tag;
    if (!closes) {
      if (root) throw new Error('a second root');
      open.push({ name, attributes: attributesOf(attributes), children: [], text: '' });
      if (!isEmpty) continue;
    }
    const done = open.pop();
    if (done?.name !== name) throw new Error(`${name} ends where ${String(done?.name)} is open`);
    const parent = open.at(-1);
    if (parent) parent.children.push(done);
    else root = done;
  }
  if (!root || open.length > 0) throw new Error('an element does not end');
  return root;
}

export const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name);

export function childOf(parent: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenOf(parent, name);
  if (!child || others.length > 0) throw new Error(`${String(others.length + (child ? 1 : 0))} of ${name}`);
  return child;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', quoted, other = ''] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(found, name)) throw new Error(`${name} twice`);
    found[name] = decoded(quoted ?? other);
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (text.includes(']]>')) throw new Error('the end of CDATA in text');
  return text.replace(/&(\w+;)?/g, (_, name: string | undefined) => {
    const character = ENTITIES[(name ?? '').slice(0, -1)];
    if (character === undefined) throw new Error('an entity that is none');
    return character;
  });
}
