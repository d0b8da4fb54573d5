/** Elements of SVG as strings. All text and attributes are escaped here and nowhere else. */

/** Attributes of an element; undefined ones are left out, numbers are cut to hundredths. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A piece of finished markup, so that raw text cannot be mistaken for it. */
export interface Markup {
  readonly markup: string;
}

/** An element with its children; a string among them is text. */
export function element(
  name: string,
  attributes: Attributes = {},
  ...children: readonly (string | Markup)[]
): Markup {
  const head = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(typeof value === 'number' ? rounded(value) : value!)}"`);
  const body = children
    .map((child) => (typeof child === 'string' ? escapeXml(child) : child.markup))
    .join('');
  return {
    markup: body === '' ? `<${name}${head.join('')}/>` : `<${name}${head.join('')}>${body}</${name}>`,
  };
}

/** Text as XML holds it. Characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
