/** An element as a strict little XML reader finds it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads XML without declarations, comments and CDATA. @throws Error where it is not well formed. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new Error(`no XML at ${at}: ${source.slice(at, at + 40)}`);
    const [, closing, name = '', attributes = '', empty, text] = match;
    const parent = open.at(-1)!;
    if (text !== undefined) {
      parent.text += decode(text);
    } else if (closing) {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`);
      open.pop();
    } else {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [
        key!,
        decode(value!),
      ]);
      if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error(`<${name}> repeats`);
      const element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not exactly one element');
  return root.children[0]!;
}

/** The element and all within it. */
export function* elementsOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* elementsOf(child);
}

/** All text within it, one line an element. */
export function textOf(element: XmlElement): string {
  return [...elementsOf(element)].map(({ text }) => text).join('\n');
}

function decode(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error('a control character');
  return text.replace(/&(\w+;)?/g, (entity, name?: string) => {
    const value = ENTITIES[name?.slice(0, -1) ?? ''];
    if (value === undefined) throw new Error(`no entity ${entity}`);
    return value;
  });
}
