import type { ComponentChildren, JSX } from 'preact';

/** Text in which backquotes mark code and stars mark a new word. */
export function RichText({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split(/(`[^`]+`|\*[^*]+\*)/).map((part, i): ComponentChildren => {
    if (part.startsWith('`')) return <code key={i}>{part.slice(1, -1)}</code>;
    if (part.startsWith('*')) return <em key={i}>{part.slice(1, -1)}</em>;
    return part;
  });
  return <>{parts}</>;
}
