/**
 * How drawings look: colours for light and dark, and a pattern for every role, so that nothing is told by colour
 * alone. Colours are custom properties under `:where`, so that a page can set others without a fight.
 */

import type { Said } from '../said/said.ts';
import { element, type Markup } from './svg-element.ts';

/** What a drawing may be told. */
export interface SvgOptions {
  /**
   * False: leave the style sheet out, for a page that holds {@link SVG_STYLE} in its own sheets because its
   * security policy allows no inline ones. Default true: the drawing stands alone.
   */
  readonly embedStyle?: boolean;
  /** Begins every id of the drawing; give each drawing of one page another. Default `x86p`. */
  readonly idPrefix?: string;
  /** Puts a phrase, or the name of a region, into words of another language. Default: English. */
  readonly say?: (phrase: Said) => string;
}

/** The roles that have a pattern. */
export type Role = 'kernel' | 'initrd' | 'free' | 'info' | 'table' | 'directory' | 'xen' | 'hole' | 'domain';

/** Light colours, then dark ones: a fill and a pattern line for each role. */
const COLOURS: Readonly<
  Record<Role, readonly [fill: string, line: string, darkFill: string, darkLine: string]>
> = {
  kernel: ['#d9eef1', '#a9d3da', '#173b42', '#2a5c65'],
  initrd: ['#dbe4fa', '#9db3e4', '#1f2d52', '#435b9b'],
  free: ['#ffffff', '#e3e7ee', '#141a24', '#252e3d'],
  info: ['#fbf0cd', '#e6cf8d', '#403413', '#67562a'],
  table: ['#f6e3f3', '#deb8d9', '#3f2040', '#653962'],
  directory: ['#ecd0e8', '#c58bbd', '#54294f', '#86507f'],
  xen: ['#fbe3dc', '#edbcae', '#43211a', '#6b392d'],
  hole: ['none', '#e3e7ee', 'none', '#252e3d'],
  domain: ['#d9eef1', '#a9d3da', '#173b42', '#2a5c65'],
};

function variables(at: 0 | 2): string {
  return Object.entries(COLOURS)
    .map(([role, colours]) => `--x86p-${role}:${colours[at]};--x86p-${role}-line:${colours[at + 1]}`)
    .join(';');
}

const LIGHT = `--x86p-paper:#ffffff;--x86p-ink:#17202e;--x86p-dim:#566175;--x86p-line:#69758a;--x86p-faint:#c9d0db;--x86p-accent:#0b62c4;--x86p-accent-fill:#dcebfc;--x86p-good:#0f7038;--x86p-good-fill:#dff4e5;--x86p-bad:#b3231b;--x86p-bad-fill:#fde5e2;${variables(0)}`;
const DARK = `--x86p-paper:#0f141c;--x86p-ink:#e8edf5;--x86p-dim:#9ca8bb;--x86p-line:#7d8aa0;--x86p-faint:#364153;--x86p-accent:#74b4ff;--x86p-accent-fill:#15335a;--x86p-good:#6fd394;--x86p-good-fill:#12371f;--x86p-bad:#ff8f85;--x86p-bad-fill:#4a1a17;${variables(2)}`;

/** The style sheet of all drawings. Its classes begin with `x86p-`; it touches nothing else. */
export const SVG_STYLE: string = [
  `:where(.x86p){${LIGHT}}`,
  `@media (prefers-color-scheme:dark){:where(.x86p){${DARK}}}`,
  // Paper is white, whatever the screen's colours.
  `@media print{:where(.x86p){${LIGHT}}}`,
  '.x86p text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:13px;fill:var(--x86p-ink)}',
  '.x86p .x86p-mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}',
  '.x86p .x86p-small{font-size:11px}',
  '.x86p .x86p-dim{fill:var(--x86p-dim)}',
  '.x86p .x86p-heading{font-weight:650;font-size:15px}',
  '.x86p .x86p-strong{font-weight:650}',
  '.x86p .x86p-good{fill:var(--x86p-good)}',
  '.x86p .x86p-bad{fill:var(--x86p-bad)}',
  '.x86p .x86p-accent{fill:var(--x86p-accent)}',
  '.x86p .x86p-halo{paint-order:stroke;stroke:var(--x86p-paper);stroke-width:4px;stroke-linejoin:round}',
  '.x86p .x86p-paper{fill:var(--x86p-paper)}',
  '.x86p .x86p-box{fill:none;stroke:var(--x86p-line);stroke-width:1.25}',
  '.x86p .x86p-open{stroke-dasharray:4 4}',
  '.x86p .x86p-wedge{fill:var(--x86p-faint);opacity:.35}',
  '.x86p .x86p-tick{stroke:var(--x86p-line);stroke-width:1;fill:none}',
  '.x86p .x86p-wire{stroke:var(--x86p-accent);stroke-width:1.75;fill:none}',
  '.x86p .x86p-wire-dim{stroke:var(--x86p-line);stroke-width:1.5;fill:none}',
  '.x86p .x86p-tip{fill:var(--x86p-accent)}',
  '.x86p .x86p-tip-dim{fill:var(--x86p-line)}',
  '.x86p .x86p-entry{fill:var(--x86p-accent-fill);stroke:var(--x86p-accent);stroke-width:1.5}',
  '.x86p .x86p-entry-bad{fill:var(--x86p-bad-fill);stroke:var(--x86p-bad);stroke-width:1.5}',
  '.x86p .x86p-panel-good{fill:var(--x86p-good-fill);stroke:var(--x86p-good);stroke-width:1.5}',
  '.x86p .x86p-panel-bad{fill:var(--x86p-bad-fill);stroke:var(--x86p-bad);stroke-width:1.5}',
  '.x86p .x86p-chip{fill:var(--x86p-paper);stroke:var(--x86p-line);stroke-width:1}',
  '.x86p .x86p-chip-set{fill:var(--x86p-accent-fill);stroke:var(--x86p-accent);stroke-width:1.25}',
  ...Object.keys(COLOURS).flatMap((role) => [
    `.x86p .x86p-fill-${role}{fill:var(--x86p-${role})}`,
    `.x86p .x86p-line-${role}{stroke:var(--x86p-${role}-line);stroke-width:1.25;fill:none}`,
    `.x86p .x86p-dot-${role}{fill:var(--x86p-${role}-line)}`,
  ]),
].join('\n');

/** What is drawn on a tile of eight by eight for each role; the tile itself is filled with the role's colour. */
const TILES: Readonly<Record<Role, string>> = {
  kernel: 'M-2 2 2-2M0 8 8 0M6 10 10 6',
  domain: 'M-2 2 2-2M0 8 8 0M6 10 10 6',
  initrd: '',
  free: '',
  info: 'M0 4H8',
  table: 'M0 .5H8M.5 0V8',
  directory: 'M0 .5H8M.5 0V8M0 4.5H8M4.5 0V8',
  xen: 'M0 0 8 8M8 0 0 8',
  hole: '',
};

/** The patterns of some roles, for a drawing's `defs`. */
export function patterns(roles: Iterable<Role>, prefix: string): Markup[] {
  return [...new Set(roles)]
    .filter((role) => role !== 'hole')
    .map((role) =>
      element(
        'pattern',
        { id: `${prefix}-${role}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
        element('rect', { width: 8, height: 8, class: `x86p-fill-${role}` }),
        ...(role === 'initrd'
          ? [element('circle', { cx: 4, cy: 4, r: 1.3, class: 'x86p-dot-initrd' })]
          : [element('path', { d: TILES[role] || undefined, class: `x86p-line-${role}` })]),
      ),
    );
}

/** The fill of a role: its pattern. */
export function fillOf(role: Role, prefix: string): string {
  return role === 'hole' ? 'none' : `url(#${prefix}-${role})`;
}

/** The drawing's outermost element, with its name and description for those who cannot see it. */
export function svgDocument(
  { embedStyle = true, idPrefix = 'x86p' }: SvgOptions,
  size: { readonly width: number; readonly height: number },
  words: { readonly title: string; readonly description: string },
  defs: readonly Markup[],
  body: readonly Markup[],
): string {
  const { width, height } = size;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'x86p',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': `${idPrefix}-title ${idPrefix}-desc`,
    },
    element('title', { id: `${idPrefix}-title` }, words.title),
    element('desc', { id: `${idPrefix}-desc` }, words.description),
    ...(embedStyle ? [element('style', {}, { markup: SVG_STYLE })] : []),
    element('defs', {}, ...defs),
    ...(embedStyle ? [element('rect', { class: 'x86p-paper', width, height })] : []),
    ...body,
  ).markup;
}
