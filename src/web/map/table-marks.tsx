import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Page } from '../page.ts';
import { frameCentre, type Grid } from './layout.ts';

interface TableMarksProps {
  readonly page: Page;
  readonly grid: Grid;
  readonly y: number;
}

/** Sides of a mark with a letter or number in it, and of one that lies among others. */
const LARGE = 14;
const SMALL = 7;

/** The tables in physical memory, large enough to be hit: D the directory, 1 the first table. */
export function TableMarks({ page, grid, y }: TableMarksProps): JSX.Element {
  const { tables } = page.roles;
  const centres = useMemo(() => tables.map(({ frame }) => frameCentre(frame, grid)), [tables, grid]);
  const crowded = useMemo(() => crowdedAmong(centres), [centres]);
  return (
    <g class="table-marks">
      {tables.map(({ frame, name, mappedAt }, i) => {
        const side = crowded[i] ? SMALL : LARGE;
        const [cx, centre] = centres[i]!;
        // Whole also at the edges, which cut it off.
        const cy = Math.max(side / 2, Math.min(centre, grid.rows * grid.cell - side / 2 - 1));
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the bars above lead there by keyboard
          <g
            key={frame}
            class="table-mark"
            onClick={() =>
              page.look(
                mappedAt === undefined ? { byte: frame * 4096, panel: 'memory' } : { linear: mappedAt },
              )
            }
          >
            <title>{`${name}, 0x${frame.toString(16)}`}</title>
            <rect
              x={cx - side / 2}
              y={y + cy - side / 2}
              width={side}
              height={side}
              rx={side / 4.5}
              class={`fill-${i === 0 ? 'directory' : 'table'}`}
            />
            <text x={cx} y={y + cy + 3.8} text-anchor="middle">
              {i === 0 ? 'D' : side === LARGE && i}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** Which marks would lie over another one; the first, of the directory, stays large. */
function crowdedAmong(centres: readonly (readonly [x: number, y: number])[]): boolean[] {
  const isNear = (a: readonly [number, number], b: readonly [number, number]): boolean =>
    Math.abs(a[0] - b[0]) < LARGE - 3 && Math.abs(a[1] - b[1]) < LARGE - 3;
  return centres.map((one, i) => i > 0 && centres.some((other, j) => j !== i && isNear(one, other)));
}
