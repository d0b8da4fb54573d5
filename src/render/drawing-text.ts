/**
 * A domain's address space drawn to scale, in the manner of the document of 2004: boxes with the addresses on their
 * boundaries, high addresses on top.
 */

import { FOUR_GIB, formatAddress } from '../arch/address.ts';
import type { Domain } from '../builder/index.ts';
import { inEnglish } from '../said/said.ts';
import { type Box, detailBoxes, detailTitle, domainBoxes, mappedBytes, wholeSpace } from './drawing-parts.ts';
import { PLAIN, type Style } from './style.ts';
import { formatBytes } from './units.ts';

const BOX_WIDTH = 14;
/** An address, a box, and a space on either side. */
const PICTURE_WIDTH: number = 11 + 1 + BOX_WIDTH + 1;
/** Marks a box that is too small for its scale and was given a line all the same. */
const ENLARGED = '*';

/** The drawing, lines joined by newlines. @param width - Columns there are; each picture takes 27, three fit in 81. */
export function drawingText(domain: Domain, style: Style = PLAIN, width = 81): string {
  const parts = [
    { title: '4 GiB linear', boxes: wholeSpace(domain) },
    { title: `domain, ${formatBytes(mappedBytes(domain))}`, boxes: domainBoxes(domain) },
    { title: inEnglish(detailTitle(domain)), boxes: detailBoxes(domain) },
  ];
  const height = Math.max(24, ...parts.map(({ boxes }) => 2 * boxes.length + 1));
  const columns = parts.map(({ boxes }) => drawColumn(labelled(boxes, domain), height, style));
  const pictures = parts.map(({ title }, i) => {
    const head = style.title(title.padStart((PICTURE_WIDTH + title.length) / 2).padEnd(PICTURE_WIDTH));
    return [head, ...columns[i]!.lines];
  });
  const lines: string[] = [];
  // The last column of a line is a space.
  const abreast = Math.max(1, Math.floor((width + 1) / PICTURE_WIDTH));
  for (let first = 0; first < pictures.length; first += abreast) {
    if (first > 0) lines.push('');
    const together = pictures.slice(first, first + abreast);
    for (let row = 0; row <= height; row++) {
      lines.push(
        together
          .map((picture) => picture[row]!)
          .join('')
          .trimEnd(),
      );
    }
  }
  if (columns.some((column) => column.enlarged)) {
    lines.push(
      style.dim(`${ENLARGED} smaller than its scale shows; every other box is as high as it is large`),
    );
  }
  return lines.join('\n');
}

/** What fits in a box: an arrow where the next column shows it larger, and that the guest only reads it. */
function labelled(boxes: Box[], domain: Domain): Box[] {
  const labels: Readonly<Record<string, string>> = {
    domain: 'domain ▸',
    'last pages': 'last pages▸',
    'boot pages': 'boot pages▸',
    'page tables': `${domain.pageTables.length} tables RO`,
    'page directory': 'directory RO',
  };
  return boxes.map((box) => ({ ...box, label: labels[box.label] ?? box.label }));
}

/** Draws boxes, the highest first, on `height` lines. */
function drawColumn(boxes: Box[], height: number, style: Style): { lines: string[]; enlarged: boolean } {
  const total = boxes.reduce((sum, { start, end }) => sum + end - start, 0);
  const free = height - boxes.length - 1;
  const rows = shareRows(
    boxes.map(({ start, end }) => (end - start) / total),
    free,
  );
  const lines: string[] = [];
  let enlarged = false;
  for (let i = boxes.length - 1; i >= 0; i--) {
    const { name, label, start, end } = boxes[i]!;
    const tooSmall = ((end - start) / total) * free < 0.5;
    enlarged ||= tooSmall;
    const top = i === boxes.length - 1;
    lines.push(
      `${style.dim(address(end))} ${style.region(name, top ? border('┌', '┐') : border('├', '┤'))} `,
    );
    const middle = Math.floor((rows[i]! - 1) / 2);
    for (let row = 0; row < rows[i]!; row++) {
      const text = row === middle ? `${label}${tooSmall ? ENLARGED : ''}` : '';
      lines.push(`${' '.repeat(12)}${style.region(name, `│${centre(text)}│`)} `);
    }
  }
  lines.push(`${style.dim(address(boxes[0]!.start))} ${style.region(boxes[0]!.name, border('└', '┘'))} `);
  return { lines, enlarged };
}

/** Whole rows by share, at least one each, `total` together: the largest give what the smallest need. */
function shareRows(shares: number[], total: number): number[] {
  const rows = shares.map((share) => Math.max(1, Math.round(share * total)));
  for (
    let excess = rows.reduce((sum, count) => sum + count, 0) - total;
    excess !== 0;
    excess -= Math.sign(excess)
  ) {
    rows[rows.indexOf(Math.max(...rows))]! -= Math.sign(excess);
  }
  return rows;
}

function address(value: number): string {
  return value === FOUR_GIB ? '      4 GiB' : formatAddress(value);
}

function border(left: string, right: string): string {
  return `${left}${'─'.repeat(BOX_WIDTH - 2)}${right}`;
}

function centre(text: string): string {
  const inner = BOX_WIDTH - 2;
  const cut = text.slice(0, inner);
  return cut.padStart(Math.floor((inner + cut.length) / 2)).padEnd(inner);
}
