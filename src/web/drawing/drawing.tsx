import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { TEXT } from '../words/index.ts';
import { AddressStrip } from './address-strip.tsx';
import { Bits } from './bits.tsx';
import { Column } from './column.tsx';
import { End } from './end.tsx';
import type { Layout, Shape } from './layout.ts';
import { layoutTall, TALL_WIDTH } from './layout-tall.ts';
import { layoutWide, leastRoom } from './layout-wide.ts';
import type { ColumnPicture, Picture } from './picture.ts';
import { lastStep } from './picture.ts';
import { Wires } from './wires.tsx';

interface DrawingProps {
  readonly picture: Picture;
  /** How far the walk is shown; undefined: to its end. */
  readonly step: number | undefined;
  onAddressBit(bit: number): void;
  onEntryBit(column: number, bit: number): void;
  onRow(column: number, index: number): void;
}

/** Narrower than this, everything stands below one another. */
const NARROW = 620;
/** Entries of so few bits are the toy's, whose tables are shown whole. */
const TOY_BITS = 12;
const GUESS = { width: 940, height: 470 };

/** The walk as one drawing, whose bits and entries can be clicked. */
export function Drawing(props: DrawingProps): JSX.Element {
  const { picture, step, onAddressBit, onEntryBit, onRow } = props;
  const { columns } = picture;
  const frame = useRef<HTMLDivElement>(null);
  const room = useRoom(frame);
  const last = lastStep(picture);
  const shown = Math.min(step ?? last, last);
  const [picked, pick] = useState<number | undefined>();
  useEffect(() => pick(undefined), [step, columns.length]);
  const focus = Math.min(picked ?? focusOf(picture, step), columns.length - 1);
  const layout = layoutFor(picture, focus, room);
  const state = (at: number): string =>
    `${at > shown ? 'is-ahead' : ''}${step !== undefined && at === shown ? 'is-lit' : ''}`;
  const lens = columns[focus];
  return (
    <div class={`drawing-frame is-${layout.kind}`} ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no drawing */}
      <svg
        class="drawing"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="group"
        aria-label={TEXT.drawing.describe(picture.description)}
      >
        <AddressStrip picture={picture} layout={layout} state={state} onFlip={onAddressBit} />
        <Wires picture={picture} layout={layout} state={state} />
        {picture.root !== undefined && <Root root={picture.root} box={layout.root} state={state(0)} />}
        {layout.unreached.map((box, i) => (
          <g key={box.x} class="unreached">
            <text class="title-name" x={box.x} y={box.y - 20}>
              {picture.unreached[i]?.title}
            </text>
            <rect {...box} rx={3} />
          </g>
        ))}
        {columns.map((column, i) => (
          <Column
            key={column.level}
            picture={column}
            layout={layout.columns[i]!}
            state={state(i + 1)}
            isTall={layout.kind === 'tall'}
            isFocused={i === focus && layout.lens !== undefined}
            onFlip={(bit) => onEntryBit(i, bit)}
            onRow={(index) => onRow(i, index)}
            onFocus={() => pick(i)}
          />
        ))}
        <End end={picture.end} box={layout.end} state={state(last)} isTall={layout.kind === 'tall'} />
        {layout.lens !== undefined && lens !== undefined && (
          <Lens column={lens} lens={layout.lens} onFlip={(bit) => onEntryBit(focus, bit)} />
        )}
      </svg>
    </div>
  );
}

function Root({
  root,
  box,
  state,
}: {
  readonly root: NonNullable<Picture['root']>;
  readonly box: Layout['root'];
  readonly state: string;
}): JSX.Element {
  const isTall = box.height < 40;
  return (
    <g class={`root ${state}`} data-root>
      <rect {...box} rx={5} />
      <text class="title-name" x={box.x + 10} y={box.y + (isTall ? 22 : 18)}>
        {root.name}
      </text>
      <text class="mono" x={box.x + (isTall ? 64 : 8)} y={box.y + (isTall ? 22 : 35)} font-size={11.5}>
        {root.text}
      </text>
    </g>
  );
}

/** All bits of one entry, where the tables have no room for them. */
function Lens({
  column,
  lens,
  onFlip,
}: {
  readonly column: ColumnPicture;
  readonly lens: NonNullable<Layout['lens']>;
  onFlip(bit: number): void;
}): JSX.Element {
  const { entry, kind, level } = column;
  const { box, rows } = lens;
  return (
    <g class={`lens level-${level}`} data-entry={kind}>
      <rect class="lens-box" {...box} rx={6} />
      <text class="entry-name mono" x={box.x + 12} y={box.y + 17}>
        {entry.name} <tspan class="dim">{entry.sum}</tspan>
      </text>
      <text class="entry-value mono" x={box.x + box.width - 12} y={box.y + 17} text-anchor="end">
        {entry.text}
      </text>
      <Bits
        label={TEXT.drawing.bitsOf(kind, entry.name)}
        rows={rows}
        bits={entry.bits}
        first={0}
        fixed={entry.fixed}
        onFlip={onFlip}
      />
    </g>
  );
}

/** Whose bits are shown when nobody has chosen: that of the step, of the fault, or the last. */
function focusOf({ columns }: Picture, step: number | undefined): number {
  if (step !== undefined && step >= 1 && step <= columns.length) return step - 1;
  const broken = columns.findIndex(({ entry }) => entry.broken);
  return broken === -1 ? columns.length - 1 : broken;
}

function layoutFor(picture: Picture, focus: number, room: { width: number; height: number }): Layout {
  const { fields, columns, unreached } = picture;
  const entryBits = columns[0]?.entry.bits.length ?? 32;
  const isToy = entryBits <= TOY_BITS;
  const shape: Shape = {
    fields,
    columns: columns.length,
    unreached: unreached.length,
    entryBits,
    rows: isToy ? columns[0]?.count : undefined,
    focus,
  };
  if (room.width < NARROW) return layoutTall(shape);
  const least = leastRoom(shape);
  const scale = Math.min(room.width / least.width, room.height / least.height);
  return layoutWide(shape, room.width / scale, Math.max(least.height, room.height / scale));
}

/** The room that the drawing has, followed as it changes. */
function useRoom(frame: { readonly current: HTMLDivElement | null }): { width: number; height: number } {
  const [room, set] = useState(GUESS);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { clientWidth, clientHeight } = element;
      // On paper there is no screen to measure.
      if (clientWidth === 0) return;
      const next = { width: clientWidth, height: Math.max(clientHeight, 200) };
      set((old) => (old.width === next.width && old.height === next.height ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return room;
}

export { NARROW, TALL_WIDTH };
