import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatAddress, PAGING_MODES } from '../../arch/index.ts';
import { formatBytes } from '../../render/index.ts';
import { type Area, areasOf, linearAt, placeOfLinear } from '../areas.ts';
import type { Page } from '../page.ts';
import { regionName } from '../roles.ts';
import { TEXT } from '../words/index.ts';
import { Bar } from './bar.tsx';
import { FrameCanvas } from './frame-canvas.tsx';
import { areaAround, type Box, frameCentre, gridOf, placed, placeOf, wholeSpace } from './layout.ts';
import { PageCells, type PageRow, pagesAround } from './page-cells.tsx';
import { TableMarks } from './table-marks.tsx';

/** Room on the left for what each bar is. */
const GUTTER = 150;
const RIGHT = 10;
const GUESS = { width: 900, height: 160 };

/** Heights of the bars and of what lies between them, for a height of the whole. */
function rowsFor(height: number): { bar: number; wedge: number; cell: number; grid: number; gridY: number } {
  const bar = Math.max(17, Math.min(30, height * 0.11));
  const wedge = Math.max(9, height * 0.075);
  const cell = bar + 6;
  const gridY = 3 * bar + 6 + 2 * wedge + Math.max(22, height * 0.17);
  return { bar, wedge, cell, gridY, grid: Math.max(36, height - gridY - 2) };
}

/**
 * The address space to scale, from all of it down to sixteen pages, and the frames that these lie in: each bar shows
 * a part of the one above it, larger.
 */
export function MapPanel({ page }: { readonly page: Page }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const room = useRoom(frame);
  const { session, view, roles } = page;
  const { mode } = session.mmu;
  const size = 2 ** PAGING_MODES[mode].linearBits;
  const areas = useMemo(() => areasOf(session.machine, mode), [session.machine, mode]);
  const place = placeOfLinear(view.linear, mode);
  const length = room.width - GUTTER - RIGHT;
  const { bar, wedge, cell, grid: gridHeight, gridY } = rowsFor(room.height);
  const whole = placed(wholeSpace(areas, size), length, 58);
  const area = placed(areaAround(areas, size, place), length, 40);
  const rows = pagesAround(page);
  const grid = useMemo(
    () => gridOf(roles.roles.length, length, gridHeight),
    [roles.roles.length, length, gridHeight],
  );
  const go = (to: number): void => page.look({ linear: linearAt(to, mode) });
  const areaY = bar + wedge;
  const cellY = areaY + bar + wedge;
  const pages = { start: rows[0]!.place, end: rows.at(-1)!.place + 4096 };
  const titles: readonly (readonly [text: string, y: number])[] = [
    [TEXT.map.all(formatBytes(size)), bar / 2],
    [areaTitle(areas, area), areaY + bar / 2],
    [TEXT.map.pages, cellY + cell / 2],
    [TEXT.map.physical(formatBytes(roles.roles.length * 4096)), gridY + gridHeight / 2],
  ];
  return (
    <div class="map-frame" ref={frame}>
      <FrameCanvas
        roles={roles.roles}
        grid={grid}
        place={{ x: GUTTER, y: gridY, width: length, height: gridHeight }}
        label={TEXT.map.frameAt}
        onFrame={(at) => page.look({ byte: at * 4096, panel: 'memory' })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no drawing */}
      <svg
        class="map"
        viewBox={`0 0 ${room.width} ${room.height}`}
        role="group"
        aria-label={TEXT.map.describe(formatAddress(view.linear))}
      >
        {titles.map(([text, y]) => (
          <text key={text} class="map-title" x={GUTTER - 12} y={y + 4} text-anchor="end">
            {text}
          </text>
        ))}
        <g transform={`translate(${GUTTER} 0)`}>
          <Wedge
            boxes={whole}
            from={area[0]?.start}
            to={area.at(-1)?.end}
            y={bar}
            height={wedge}
            length={length}
          />
          <Wedge
            boxes={area}
            from={pages.start}
            to={pages.end}
            y={areaY + bar}
            height={wedge}
            length={length}
          />
          <Wires
            rows={rows}
            here={place}
            length={length}
            y={cellY + cell}
            page={page}
            to={gridY}
            grid={grid}
          />
          <Bar boxes={whole} y={0} height={bar} place={place} mode={mode} onGo={go} />
          <Bar boxes={area} y={areaY} height={bar} place={place} mode={mode} onGo={go} />
          <PageCells page={page} rows={rows} y={cellY} length={length} height={cell} />
          <TableMarks page={page} grid={grid} y={gridY} />
        </g>
      </svg>
    </div>
  );
}

function areaTitle(areas: readonly Area[], parts: readonly Box[]): string {
  const area = areas.find(({ start, end }) => start === parts[0]?.start && end === parts.at(-1)?.end);
  if (area === undefined) return TEXT.map.hole;
  return TEXT.map.area(regionName(area.name), formatBytes(area.end - area.start));
}

interface WedgeProps {
  readonly boxes: readonly Box[];
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly y: number;
  readonly height: number;
  readonly length: number;
}

/** From a part of one bar to the whole of the next, which shows it larger. */
function Wedge({ boxes, from, to, y, height, length }: WedgeProps): JSX.Element | null {
  if (from === undefined || to === undefined) return null;
  const left = placeOf(boxes, from);
  const right = placeOf(boxes, to - 1);
  if (left === undefined || right === undefined) return null;
  const end = Math.max(right, left + 1.5);
  return <path class="wedge" d={`M${left} ${y}L0 ${y + height}H${length}L${end} ${y}z`} />;
}

interface WiresProps {
  readonly page: Page;
  readonly rows: readonly PageRow[];
  readonly here: number;
  readonly length: number;
  readonly y: number;
  readonly to: number;
  readonly grid: ReturnType<typeof gridOf>;
}

/** From each page to the frame that it lies in. */
function Wires({ page, rows, here, length, y, to, grid }: WiresProps): JSX.Element {
  const count = page.roles.roles.length;
  return (
    <g class="map-wires">
      {rows.map(({ place, frame }, i) => {
        if (frame === undefined || frame >= count) return null;
        const [cx, cy] = frameCentre(frame, grid);
        const x = ((i + 0.5) * length) / rows.length;
        const isHere = here - (here % 4096) === place;
        return (
          <g key={place} class={isHere ? 'map-wire is-here' : 'map-wire'}>
            <path d={`M${x} ${y}C${x} ${y + (to - y) * 0.8} ${cx} ${y + (to - y) * 0.2} ${cx} ${to + cy}`} />
            <circle cx={cx} cy={to + cy} r={isHere ? 5 : 2.5} />
          </g>
        );
      })}
    </g>
  );
}

function useRoom(frame: { readonly current: HTMLDivElement | null }): { width: number; height: number } {
  const [room, set] = useState(GUESS);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const width = Math.max(520, element.clientWidth);
      const height = Math.max(140, element.clientHeight);
      set((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return room;
}
