import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import { formatBytes } from '../../render/index.ts';
import { areaAround, heightOf, placed, wholeSpace } from '../map-layout.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../roles.ts';
import { TEXT } from '../text.en.ts';
import { FrameGrid, frameCentre, TableMarks } from './frame-grid.tsx';
import { MapColumn } from './map-column.tsx';
import { PageRows, pagesAround, ROWS } from './page-rows.tsx';

const TOP = 48;
const HEIGHT = 512;
const A = { x: 92, width: 120 };
const B = { x: 320, width: 150 };
const C = { x: 578, width: 190 };
const GRID = { x: 856, top: TOP, width: HEIGHT };
const WIDTH = GRID.x + GRID.width + 16;
const LEAST = 22;

/** The address space to scale, from 4 GiB down to a page, and the frames that the pages lie in. */
export function MapPanel({ page }: { readonly page: Page }): JSX.Element {
  const { session, view, roles } = page;
  const { domain } = session.machine;
  const whole = placed(wholeSpace(domain), HEIGHT, LEAST);
  const area = placed(areaAround(domain, view.linear), HEIGHT, LEAST);
  const rows = pagesAround(page);
  const here = Math.floor(view.linear / 4096) * 4096;
  const go = (linear: number): void => page.look({ linear });
  const isDomain = area.some(({ name }) => name === 'kernel');
  const areaTitle = isDomain
    ? TEXT.map.domain(formatBytes((domain?.pageCount ?? 0) * 4096))
    : area[0]?.role === 'xen'
      ? TEXT.map.xen
      : TEXT.map.hole;
  return (
    <section id="map" class="panel" aria-labelledby="map-title">
      <header class="panel-head">
        <h2 id="map-title">{TEXT.map.title}</h2>
        <p>{TEXT.map.subtitle}</p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label={TEXT.map.title}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no drawing */}
        <svg
          class="map"
          viewBox={`0 0 ${WIDTH} ${TOP + HEIGHT + 24}`}
          role="group"
          aria-label={TEXT.map.describe(formatAddress(view.linear))}
        >
          <Wedge boxes={whole} of={area} fromX={A.x + A.width} toX={B.x} />
          <Wedge
            boxes={area}
            of={[{ start: rows.at(-1)!.linear, end: rows[0]!.linear + 4096 }]}
            fromX={B.x + B.width}
            toX={C.x}
          />
          <MapColumn
            title={session.machine.format === '4-level' ? TEXT.map.all48 : TEXT.map.all}
            boxes={whole}
            top={TOP}
            {...A}
            linear={view.linear}
            onGo={go}
          />
          <MapColumn title={areaTitle} boxes={area} top={TOP} {...B} linear={view.linear} onGo={go} />
          <FrameGrid page={page} {...GRID} />
          {rows.map(({ linear, frame }, i) => {
            if (frame === undefined || frame >= roles.roles.length) return null;
            const [cx, cy] = frameCentre(frame, roles.roles.length, GRID);
            const y = TOP + ((i + 0.5) * HEIGHT) / ROWS;
            const x = C.x + C.width;
            const isHere = linear === here;
            return (
              <g key={linear} class={isHere ? 'wire is-here' : 'wire'}>
                <path d={`M${x} ${y}C${x + 60} ${y} ${cx - 90} ${cy} ${cx} ${cy}`} />
                <circle cx={cx} cy={cy} r={isHere ? 7 : 3} />
              </g>
            );
          })}
          <TableMarks page={page} {...GRID} />
          <PageRows page={page} rows={rows} top={TOP} {...C} height={HEIGHT} />
        </svg>
      </section>
      <div class="map-below">
        <p class="pager">
          <button type="button" onClick={() => go(Math.max(0, view.linear - ROWS * 4096))}>
            {TEXT.map.up}
          </button>
          <button type="button" onClick={() => go(Math.min(2 ** 32 - 1, view.linear + ROWS * 4096))}>
            {TEXT.map.down}
          </button>
          {[...whole, ...area].some(({ enlarged }) => enlarged) && (
            <span class="hint">* {TEXT.map.enlarged}</span>
          )}
        </p>
        <Legend />
      </div>
      <TableList page={page} />
    </section>
  );
}

interface WedgeProps {
  readonly boxes: ReturnType<typeof placed>;
  readonly of: readonly { readonly start: number; readonly end: number }[];
  readonly fromX: number;
  readonly toX: number;
}

/** From a part of one column to the whole of the next, which shows it larger. */
function Wedge({ boxes, of, fromX, toX }: WedgeProps): JSX.Element | null {
  const start = Math.min(...of.map((part) => part.start));
  const end = Math.max(...of.map((part) => part.end));
  const low = heightOf(boxes, start);
  const high = heightOf(boxes, end - 1);
  if (low === undefined || high === undefined) return null;
  return (
    <path
      class="wedge"
      d={`M${fromX} ${TOP + high}L${toX} ${TOP}V${TOP + HEIGHT}L${fromX} ${TOP + Math.max(low, high + 1.5)}Z`}
    />
  );
}

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label={TEXT.map.legend}>
      {ROLES.map((role) => (
        <li key={role}>
          <svg width="22" height="16" aria-hidden="true">
            <rect class="box" x="0.5" y="0.5" width="21" height="15" rx="3" fill={`url(#role-${role})`} />
          </svg>
          {TEXT.roles[role]}
        </li>
      ))}
    </ul>
  );
}

/** Every table page, within reach of the keyboard. */
function TableList({ page }: { readonly page: Page }): JSX.Element {
  return (
    <div class="table-list">
      <h3>{TEXT.map.tables}</h3>
      <p class="hint">{TEXT.map.tablesHint}</p>
      <ul>
        {page.roles.tables.map(({ frame, name, mappedAt }, i) => (
          <li key={frame}>
            <button
              type="button"
              class="pill"
              data-table={i}
              onClick={() =>
                page.look({ frame, offset: 0, ...(mappedAt !== undefined && { linear: mappedAt }) })
              }
            >
              <b>{i === 0 ? 'D' : i}</b> {name} <span class="mono dim">0x{frame.toString(16)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
