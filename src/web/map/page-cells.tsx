import type { JSX } from 'preact';
import { formatAddress, READ } from '../../arch/index.ts';
import type { WalkReport } from '../../mmu/index.ts';
import { rightsText } from '../../render/index.ts';
import { linearAt, placeOfLinear } from '../areas.ts';
import { pressed } from '../drawing/bits.tsx';
import { fitting, widthOf } from '../drawing/text-fit.ts';
import { bitsOf, type Linear, moved, pageStart } from '../linear.ts';
import type { Page } from '../page.ts';
import { ROLES, type Role } from '../page-machine.ts';
import { roleName } from '../roles.ts';
import { rovingKeys } from '../view/roving.ts';
import { TEXT } from '../words/index.ts';

/** Pages in the last bar. */
export const SHOWN_PAGES = 16;

/** One page of the last bar. */
export interface PageRow {
  readonly linear: Linear;
  /** Where in the space it lies. */
  readonly place: number;
  /** Undefined: the page is not mapped. */
  readonly frame: number | undefined;
  readonly role: Role | undefined;
  readonly rights: string;
}

/** The pages around an address, low addresses first. */
export function pagesAround({ session, view, roles }: Page): PageRow[] {
  const { mode } = session.mmu;
  const here = placeOfLinear(view.linear, mode);
  const first = here - (here % (4096 * SHOWN_PAGES));
  return Array.from({ length: SHOWN_PAGES }, (_, i) => {
    const place = first + i * 4096;
    const linear = linearAt(place, mode);
    const report = session.mmu.explain(linear, READ);
    const physical = physicalOf(report);
    const frame = physical === undefined ? undefined : Math.floor(physical / 4096);
    const role = frame === undefined ? undefined : ROLES[roles.roles[frame] ?? -1];
    const rights = report.steps.at(-1)?.rights;
    return {
      linear,
      place,
      frame,
      role,
      rights: rights === undefined || frame === undefined ? '' : rightsText(rights).replace(' X', ''),
    };
  });
}

/** Where an address leads, whatever the rights. */
function physicalOf(report: WalkReport): number | undefined {
  if (report.ok) return report.physical;
  const leaf = report.steps.at(-1);
  return leaf?.leadsTo === 'page' ? leaf.target : undefined;
}

interface PageCellsProps {
  readonly page: Page;
  readonly rows: readonly PageRow[];
  readonly y: number;
  readonly length: number;
  readonly height: number;
}

/** Sixteen pages side by side, each a button that goes there. */
export function PageCells({ page, rows, y, length, height }: PageCellsProps): JSX.Element {
  const width = length / rows.length;
  const { linear } = page.view;
  const here = pageStart(linear);
  const go = (to: Linear): void =>
    page.look({ linear: moved(to, bitsOf(linear, 0, 12), page.session.mmu.mode) });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the buttons inside
    <g onKeyDown={rovingKeys} transform={`translate(0 ${y})`}>
      {rows.map(({ linear: at, frame, role, rights }, i) => {
        const name = role === undefined ? TEXT.map.toNothing : roleName(role, page.session.machine);
        const to =
          frame === undefined
            ? TEXT.map.toNothing
            : TEXT.map.toFrame(`0x${frame.toString(16)}`, name, rights);
        const short = fitting([name, role === undefined ? '' : TEXT.map.short[role]], width - 4, 10.5);
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no button
          <g
            key={String(at)}
            class={`region${at === here ? ' is-here' : ''}`}
            role="button"
            data-roving
            data-page={String(at)}
            tabindex={at === here ? 0 : -1}
            onClick={() => go(at)}
            onKeyDown={(event) => pressed(event, () => go(at))}
          >
            <title>{TEXT.map.page(formatAddress(at), to)}</title>
            <rect
              x={i * width}
              width={width}
              height={height}
              class={frame === undefined ? 'hole' : 'box'}
              fill={role === undefined ? undefined : `url(#role-${role})`}
            />
            {frame !== undefined && (
              <>
                {widthOf(short, 10.5) <= width && (
                  <text class="halo cell-name" x={(i + 0.5) * width} y={height / 2 - 1} text-anchor="middle">
                    {short}
                  </text>
                )}
                <text class="halo cell-rights" x={(i + 0.5) * width} y={height - 3} text-anchor="middle">
                  {rights}
                </text>
              </>
            )}
          </g>
        );
      })}
    </g>
  );
}
