import type { FrameInfo, Story } from '../xen/index.ts';
import { element, type Markup } from './svg-element.ts';
import { fillOf, patterns, type Role, type SvgOptions, svgDocument } from './svg-style.ts';

/**
 * A scenario as a picture: the frames of every domain by type, before and after.
 */

const CELL = 44;
const ROW = 58;
const LEFT = 96;
const COLUMNS = 16;

const ROLES: Readonly<Record<string, Role>> = {
  none: 'free',
  'page table': 'table',
  'page directory': 'directory',
  writable: 'kernel',
  GDT: 'info',
  LDT: 'info',
};

/** Draws the story's frames as an SVG file. */
export function storySvg({ scenario, repaired, before, after }: Story, options: SvgOptions = {}): string {
  const { idPrefix = 'x86p' } = options;
  const children: Markup[] = [];
  let y = 26;
  const text = (x: number, at: number, value: string, style = ''): void => {
    children.push(element('text', { x, y: at, class: style || undefined }, value));
  };
  text(12, y, `${scenario.name}, ${repaired ? 'all holes closed' : 'as the original was'}`, 'x86p-heading');
  for (const domain of scenario.domains) {
    const inDomain = ({ frame }: FrameInfo): boolean =>
      frame >= domain.first && frame < domain.first + domain.count;
    y += 34;
    text(12, y, `domain ${domain.id}`, 'x86p-strong');
    for (const [label, frames] of [
      ['before', before.filter(inDomain)],
      ['after', after.filter(inDomain)],
    ] as const) {
      for (let at = 0; at < frames.length; at += COLUMNS) {
        text(12, y + 36, at === 0 ? label : '', 'x86p-dim');
        for (const [i, frame] of frames.slice(at, at + COLUMNS).entries()) {
          children.push(...cell(LEFT + i * CELL, y + 10, frame, idPrefix));
        }
        y += ROW;
      }
    }
  }
  y += 30;
  for (const [i, [name, role]] of Object.entries(ROLES).entries()) {
    const x = 12 + i * 130;
    children.push(box(x, y, 18, 14, role, idPrefix));
    text(x + 24, y + 12, name === 'none' ? 'no type yet' : name, 'x86p-small');
  }
  const [width, height] = [LEFT + COLUMNS * CELL + 24, y + 34];
  const title = `The frames of ${scenario.name} by type, before and after`;
  const description = `${scenario.about} Each cell is a frame with its references, and those that need its type.`;
  const defs = patterns(Object.values(ROLES), idPrefix);
  return svgDocument(options, { width, height }, { title, description }, defs, children);
}

function cell(x: number, y: number, frame: FrameInfo, idPrefix: string): Markup[] {
  const role = frame.count === 0 ? 'hole' : (ROLES[frame.typeName] ?? 'free');
  const title = `frame 0x${frame.frame.toString(16)}: ${frame.typeName}, ${frame.count} references, ${frame.typeCount} as its type${frame.pinned ? ', pinned' : ''}`;
  return [
    element('g', {}, element('title', {}, title), box(x, y, CELL - 4, 28, role, idPrefix)),
    element('text', { x: x + 3, y: y + 13, class: 'x86p-mono x86p-small' }, frame.frame.toString(16)),
    element(
      'text',
      { x: x + 3, y: y + 25, class: 'x86p-small x86p-dim' },
      `${frame.count}/${frame.typeCount}${frame.pinned ? ' p' : ''}`,
    ),
  ];
}

function box(x: number, y: number, width: number, height: number, role: Role, idPrefix: string): Markup {
  return element(
    'g',
    {},
    element('rect', { x, y, width, height, fill: fillOf(role, idPrefix) }),
    element('rect', { x, y, width, height, class: role === 'hole' ? 'x86p-box x86p-open' : 'x86p-box' }),
  );
}
