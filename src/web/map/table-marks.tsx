import type { JSX } from 'preact';
import type { Page } from '../page.ts';
import { frameCentre, type Grid } from './layout.ts';

interface TableMarksProps {
  readonly page: Page;
  readonly grid: Grid;
  readonly y: number;
}

/** Most marks with a number in them: more would hide the memory, and one another. */
const NUMBERED = 24;

/** The tables in physical memory, large enough to be hit: D the directory, 1 the first table. */
export function TableMarks({ page, grid, y }: TableMarksProps): JSX.Element {
  const { tables } = page.roles;
  return (
    <g class="table-marks">
      {tables.map(({ frame, name, mappedAt }, i) => {
        const side = tables.length > NUMBERED && i > 0 ? 7 : 14;
        const [cx, centre] = frameCentre(frame, grid);
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
              {i === 0 ? 'D' : side > 8 && i}
            </text>
          </g>
        );
      })}
    </g>
  );
}
