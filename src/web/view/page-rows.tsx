import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import type { WalkReport } from '../../index.ts';
import { READ } from '../../index.ts';
import { rightsText } from '../../render/index.ts';
import type { Page } from '../page.ts';
import { ROLES, type Role } from '../roles.ts';
import { TEXT } from '../text.en.ts';
import { rovingKeys } from './roving.ts';

/** Pages in the last column. */
export const ROWS = 16;

/** One page of the last column. */
export interface PageRow {
  readonly linear: number;
  /** Undefined: the page is not mapped, or outside RAM. */
  readonly frame: number | undefined;
  readonly role: Role | undefined;
  readonly rights: string;
}

/** The pages around an address, high addresses first. */
export function pagesAround(page: Page): PageRow[] {
  const { session, view, roles } = page;
  const first = Math.floor(view.linear / (4096 * ROWS)) * ROWS;
  return Array.from({ length: ROWS }, (_, i) => {
    const linear = (first + ROWS - 1 - i) * 4096;
    const report = session.mmu.explain(linear, READ);
    const physical = physicalOf(report);
    const frame = physical === undefined ? undefined : Math.floor(physical / 4096);
    const role = frame === undefined ? undefined : ROLES[roles.roles[frame] ?? -1];
    const rights = report.steps.at(-1)?.rights;
    return {
      linear,
      frame,
      role,
      rights: rights === undefined || frame === undefined ? '' : rightsText(rights),
    };
  });
}

/** Where an address leads, whatever the rights. */
function physicalOf(report: WalkReport): number | undefined {
  if (report.ok) return report.physical;
  const leaf = report.steps.at(-1);
  return leaf?.leadsTo === 'page' ? leaf.target : undefined;
}

interface PageRowsProps {
  readonly page: Page;
  readonly rows: readonly PageRow[];
  readonly x: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function PageRows({ page, rows, x, top, width, height }: PageRowsProps): JSX.Element {
  const row = height / rows.length;
  const here = Math.floor(page.view.linear / 4096) * 4096;
  const go = (linear: number): void => page.look({ linear: linear + (page.view.linear % 4096) });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the buttons inside
    <g onKeyDown={rovingKeys} transform={`translate(${x} ${top})`}>
      <text class="column-title" x={width / 2} y={-20} text-anchor="middle">
        {TEXT.map.pages}
      </text>
      {rows.map(({ linear, frame, role, rights }, i) => {
        const name = role === undefined ? TEXT.map.toNothing : TEXT.roles[role];
        const to =
          frame === undefined
            ? TEXT.map.toNothing
            : TEXT.map.toFrame(`0x${frame.toString(16)}`, name, rights);
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no button
          <g
            key={linear}
            class={`region${linear === here ? ' is-here' : ''}`}
            role="button"
            data-roving
            data-page={linear}
            tabIndex={linear === here ? 0 : -1}
            onClick={() => go(linear)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return;
              event.preventDefault();
              go(linear);
            }}
          >
            <title>{TEXT.map.page(formatAddress(linear), to)}</title>
            <text class="boundary" x={-8} y={i * row + row / 2 + 4} text-anchor="end">
              {formatAddress(linear)}
            </text>
            <rect
              y={i * row}
              width={width}
              height={row}
              class={frame === undefined ? 'hole' : 'box'}
              fill={role === undefined ? undefined : `url(#role-${role})`}
            />
            <text class="halo box-name" x={10} y={i * row + row / 2 + 4}>
              {name}
            </text>
            <text class="halo box-rights" x={width - 8} y={i * row + row / 2 + 4} text-anchor="end">
              {rights.replace(' X', '')}
            </text>
          </g>
        );
      })}
    </g>
  );
}
