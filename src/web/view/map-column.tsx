import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import { formatBytes } from '../../render/index.ts';
import { type Box, heightOf } from '../map-layout.ts';
import { TEXT } from '../text.en.ts';
import { rovingKeys } from './roving.ts';

interface MapColumnProps {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly x: number;
  readonly top: number;
  readonly width: number;
  /** Marked with a line. */
  readonly linear: number;
  onGo(linear: number): void;
}

/** A column of the map: boxes to scale with the addresses on their boundaries, each a button that goes there. */
export function MapColumn({ title, boxes, x, top, width, linear, onGo }: MapColumnProps): JSX.Element {
  const mark = heightOf(boxes, linear);
  const here = boxes.find(({ start, end }) => linear >= start && linear < end);
  const bottom = boxes.at(-1);
  const go = (event: KeyboardEvent, start: number): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onGo(start);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the buttons inside
    <g onKeyDown={rovingKeys} transform={`translate(${x} ${top})`}>
      <text class="column-title" x={width / 2} y={-20} text-anchor="middle">
        {title}
      </text>
      {boxes.map((box) => {
        const name = box.role === 'hole' ? TEXT.map.nothing : box.name;
        const size = formatBytes(box.end - box.start);
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no button
          <g
            key={box.start}
            class={`region${box === here ? ' is-here' : ''}`}
            role="button"
            data-roving
            data-region={box.name}
            tabIndex={box === (here ?? boxes[0]) ? 0 : -1}
            onClick={() => onGo(box.start)}
            onKeyDown={(event) => go(event, box.start)}
          >
            <title>{TEXT.map.region(name, formatAddress(box.start), formatAddress(box.end), size)}</title>
            <rect
              y={box.top}
              width={width}
              height={box.height}
              class={box.role === 'hole' ? 'hole' : 'box'}
              fill={box.role === 'hole' ? undefined : `url(#role-${box.role})`}
            />
            <text class="halo box-name" x={width / 2} y={box.top + box.height / 2 + 4} text-anchor="middle">
              {shortName(name)}
              {box.enlarged && ' *'}
            </text>
          </g>
        );
      })}
      {boxes.map(({ top: y, end }) => (
        <text key={end} class="boundary" x={-8} y={y + 4} text-anchor="end">
          {end === 2 ** 32 ? '4 GiB' : formatAddress(end)}
        </text>
      ))}
      {bottom !== undefined && (
        <text class="boundary" x={-8} y={bottom.top + bottom.height + 4} text-anchor="end">
          {formatAddress(bottom.start)}
        </text>
      )}
      {mark !== undefined && (
        <path class="mark" d={`M-6 ${mark - 5}L2 ${mark}L-6 ${mark + 5}zM0 ${mark}H${width}`} />
      )}
    </g>
  );
}

/** Xen's names are long for a box. */
function shortName(name: string): string {
  return name.replace('machine-to-physical (read-only)', 'M2P, read-only').replace(' of machine memory', '');
}
