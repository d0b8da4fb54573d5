import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import { formatBytes } from '../../render/index.ts';
import { gridOf, rolePaths } from '../map-layout.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../roles.ts';
import { TEXT } from '../text.en.ts';

interface FrameGridProps {
  readonly page: Page;
  readonly x: number;
  readonly top: number;
  readonly width: number;
}

/** Middle of a frame's cell in the drawing. */
export function frameCentre(
  frame: number,
  frameCount: number,
  { x, top, width }: Omit<FrameGridProps, 'page'>,
): [number, number] {
  const { columns, cell } = gridOf(frameCount, width);
  return [x + ((frame % columns) + 0.5) * cell, top + (Math.floor(frame / columns) + 0.5) * cell];
}

/** Physical memory, one cell for each frame, with the tables large enough to be hit. */
export function FrameGrid({ page, x, top, width }: FrameGridProps): JSX.Element {
  const { roles } = page.roles;
  const grid = gridOf(roles.length, width);
  // Thousands of frames: drawn once for a machine, not at every move.
  const drawn = useMemo(
    () =>
      [...rolePaths(roles, gridOf(roles.length, width))].map(([role, d]) => (
        <path key={role} d={d} fill={`url(#role-${ROLES[role]})`} />
      )),
    [roles, width],
  );
  const height = grid.rows * grid.cell;
  const pick = (event: MouseEvent): void => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * grid.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * grid.rows);
    const frame = row * grid.columns + column;
    if (frame >= 0 && frame < roles.length) page.look({ frame, offset: 0 });
  };
  const size = formatBytes(roles.length * 4096);
  return (
    <g>
      <text class="column-title" x={x + width / 2} y={top - 20} text-anchor="middle">
        {TEXT.map.physical(size, roles.length.toLocaleString('en').replace(',', '\u202f'))}
      </text>
      <g transform={`translate(${x} ${top})`}>
        {drawn}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the hex view takes the frame's number by keyboard */}
        <rect class="grid-frame" width={width} height={height} onClick={pick}>
          <title>{TEXT.map.frameAt}</title>
        </rect>
      </g>
      <text class="boundary" x={x} y={top + height + 16}>
        {formatAddress(0)}
      </text>
      <text class="boundary" x={x + width} y={top + height + 16} text-anchor="end">
        {formatAddress(roles.length * 4096)}
      </text>
    </g>
  );
}

/** The tables in physical memory, large enough to be hit: D the directory, 1 the first table. */
export function TableMarks({ page, ...place }: FrameGridProps): JSX.Element[] {
  const { roles, tables } = page.roles;
  return tables.map(({ frame, name }, i) => {
    const [cx, cy] = frameCentre(frame, roles.length, place);
    // Dozens of tables would hide the memory, and one another.
    const side = tables.length > 24 && i > 0 ? 8 : 18;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: a button of the same name stands below the map
      <g key={frame} class="table-mark" onClick={() => page.look({ frame, offset: 0 })}>
        <title>{name}</title>
        <rect
          x={cx - side / 2}
          y={cy - side / 2}
          width={side}
          height={side}
          rx={side / 4.5}
          class={`fill-${i === 0 ? 'directory' : 'table'}`}
        />
        <text x={cx} y={cy + 4.5} text-anchor="middle">
          {i === 0 ? 'D' : side > 8 && i}
        </text>
      </g>
    );
  });
}
