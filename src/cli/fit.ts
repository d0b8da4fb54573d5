/** Text for a terminal: lines that fit its width, and no control character but our own colours. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COLOUR = /\x1b\[[0-9;]{1,8}m/;
/** Tabs and line ends may stay; all other controls, and marks that reorder text, are shown as a dot. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** What a line begins with that its further lines are indented by: spaces, and a bullet or a number. */
const LEAD = /^ *(?:[✓✗·•*-] |\d{1,3}\. )?/u;

/** Text with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '·');
}

/** The same for text that may be coloured. */
export function printableStyled(text: string): string {
  return text
    .split(new RegExp(`(${COLOUR.source})`, 'u'))
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join('');
}

/**
 * Breaks lines that are too long: where columns of a table meet if there is such a place, else between words, else anywhere.
 * Further lines are indented under the first. Colours take no room.
 */
export function fitTo(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => fitLine(line, width))
    .join('\n');
}

/** A character, with the colours switched before it. */
interface Cell {
  readonly marks: string;
  readonly character: string;
}

function fitLine(line: string, width: number): string[] {
  const { cells, tail } = cellsOf(line);
  if (cells.length <= width) return [line];
  const plain = cells.map(({ character }) => character).join('');
  const lead = LEAD.exec(plain)?.[0].length ?? 0;
  const indent = Math.min(lead + (plain.trimStart().includes('  ') ? 4 : 0), Math.floor(width / 3));
  const lines: string[] = [];
  let from = 0;
  let room = width;
  while (cells.length - from > room) {
    const at = breakBetween(cells, from + (lines.length === 0 ? lead : 0), from + room);
    lines.push(textOf(cells.slice(from, at)));
    from = at;
    while (cells[from]?.character === ' ' && cells[from]?.marks === '') from++;
    room = width - indent;
  }
  lines.push(textOf(cells.slice(from)) + tail);
  return lines.map((part, i) => (i === 0 ? part.trimEnd() : ' '.repeat(indent) + part.trimEnd()));
}

/** Where to break cells from `from` on, so that those before it end at or before `end`. */
function breakBetween(cells: readonly Cell[], from: number, end: number): number {
  const isSpace = (i: number): boolean => cells[i]?.character === ' ';
  // A column begins after two spaces. Not in the first half, which would waste the line.
  for (let at = end; at > (from + end) / 2; at--)
    if (!isSpace(at) && isSpace(at - 1) && isSpace(at - 2)) return at;
  for (let at = end; at > from; at--) if (isSpace(at)) return at;
  return end;
}

function cellsOf(line: string): { cells: Cell[]; tail: string } {
  const cells: Cell[] = [];
  let marks = '';
  for (const [i, part] of line.split(new RegExp(`(${COLOUR.source})`, 'u')).entries()) {
    if (i % 2 === 1) {
      marks += part;
      continue;
    }
    for (const character of part) {
      cells.push({ marks, character });
      marks = '';
    }
  }
  return { cells, tail: marks };
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(({ marks, character }) => marks + character).join('');
}
