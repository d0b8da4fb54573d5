import type { JSX } from 'preact';
import { formatAddress, type PagingMode } from '../../arch/index.ts';
import { formatBytes } from '../../render/index.ts';
import { linearAt } from '../areas.ts';
import { pressed } from '../drawing/bits.tsx';
import { widthOf } from '../drawing/text-fit.ts';
import type { Linear } from '../linear.ts';
import { regionName } from '../roles.ts';
import { rovingKeys } from '../view/roving.ts';
import { TEXT } from '../words/index.ts';
import { type Box, placeOf } from './layout.ts';

interface BarProps {
  readonly boxes: readonly Box[];
  readonly y: number;
  readonly height: number;
  /** Marked. */
  readonly place: number;
  readonly mode: PagingMode;
  onGo(place: number): void;
}

/** A stretch of the address space: regions to scale, each a button that goes there. */
export function Bar({ boxes, y, height, place, mode, onGo }: BarProps): JSX.Element {
  const mark = placeOf(boxes, place);
  const here = boxes.find(({ start, end }) => place >= start && place < end);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the buttons inside
    <g onKeyDown={rovingKeys} transform={`translate(0 ${y})`}>
      {boxes.map((box) => {
        const name = box.role === 'hole' ? TEXT.map.nothing : regionName(box.name);
        const size = formatBytes(box.end - box.start);
        const fits = widthOf(name, 11.5) < box.size - 4;
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no button
          <g
            key={box.start}
            class={`region${box === here ? ' is-here' : ''}`}
            role="button"
            data-roving
            data-region-name={box.name}
            tabindex={box === (here ?? boxes[0]) ? 0 : -1}
            onClick={() => onGo(box.start)}
            onKeyDown={(event) => pressed(event, () => onGo(box.start))}
          >
            <title>
              {TEXT.map.region(
                name,
                formatAddress(linearAt(box.start, mode)),
                formatAddress(lastOf(box, mode)),
                size,
              )}
            </title>
            <rect
              x={box.at}
              width={Math.max(1, box.size)}
              height={height}
              class={box.role === 'hole' ? 'hole' : 'box'}
              fill={box.role === 'hole' ? undefined : `url(#role-${box.role})`}
            />
            {fits && (
              <text class="halo box-name" x={box.at + box.size / 2} y={height / 2 + 4} text-anchor="middle">
                {name}
              </text>
            )}
          </g>
        );
      })}
      {mark !== undefined && (
        <path class="map-mark" d={`M${mark - 4.5} -5h9L${mark} 3zM${mark} 0V${height}`} />
      )}
    </g>
  );
}

/** The last address of a region. */
function lastOf({ end }: Box, mode: PagingMode): Linear {
  return linearAt(end - 1, mode);
}
