import type { JSX, TargetedKeyboardEvent } from 'preact';
import { rovingKeys } from '../view/roving.ts';
import { type BitRow, bitX, NAME, NUMBER } from './layout.ts';
import type { BitPicture } from './picture.ts';

interface BitsProps {
  /** What they are the bits of, for those who listen. */
  readonly label: string;
  readonly rows: readonly BitRow[];
  /** From the highest to the lowest. */
  readonly bits: readonly BitPicture[];
  /** A class for each row, for its colour. */
  readonly rowClasses?: readonly string[];
  /** The bit that the Tab key reaches. */
  readonly first: number;
  readonly fixed?: boolean;
  onFlip(bit: number): void;
}

/** Rows of bits, each a button with its number above and its name below; the arrow keys go from one to the next. */
export function Bits({
  label,
  rows,
  rowClasses,
  bits,
  first,
  fixed = false,
  onFlip,
}: BitsProps): JSX.Element {
  const highest = bits[0]?.bit ?? 0;
  return (
    <g role="toolbar" aria-label={label} onKeyDown={rovingKeys}>
      {rows.map((row, i) => (
        <g key={row.high} class={rowClasses?.[i]}>
          {bits.slice(highest - row.high, highest - row.low + 1).map((bit) => (
            <Bit
              key={bit.bit}
              picture={bit}
              row={row}
              isNamed={hasRoomForNames(row, rows[i + 1])}
              isFirst={bit.bit === first}
              fixed={fixed}
              onFlip={onFlip}
            />
          ))}
        </g>
      ))}
    </g>
  );
}

interface BitProps {
  readonly picture: BitPicture;
  readonly row: BitRow;
  /** Its name stands below it. */
  readonly isNamed: boolean;
  readonly isFirst: boolean;
  readonly fixed: boolean;
  onFlip(bit: number): void;
}

function Bit({ picture, row, isNamed, isFirst, fixed, onFlip }: BitProps): JSX.Element {
  const { bit, value, label, meaning, blamed } = picture;
  const { y, cell, height } = row;
  const x = bitX(row, bit);
  const middle = x + cell / 2;
  const flip = (): void => {
    if (!fixed) onFlip(bit);
  };
  const classes = ['bit', value === 1 && 'is-set', blamed && 'is-bad', label === '–' && 'is-idle'];
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={classes.filter(Boolean).join(' ')}
      role="button"
      aria-pressed={value === 1}
      aria-disabled={fixed}
      tabindex={isFirst ? 0 : -1}
      data-roving
      data-bit={bit}
      onClick={flip}
      onKeyDown={(event) => pressed(event, flip)}
    >
      <title>{meaning}</title>
      <rect class="bit-cell" x={x + 0.75} y={y} width={cell - 1.5} height={height} rx={3} />
      <text class="bit-number" x={middle} y={y - 3} text-anchor="middle">
        {bit}
      </text>
      <text class="bit-value" x={middle} y={y + height / 2 + 4.8} text-anchor="middle">
        {value}
      </text>
      {isNamed && label !== '' && label !== '–' && (
        <text
          class="bit-name"
          x={middle}
          y={y + height + NAME - 2}
          text-anchor="middle"
          font-size={nameSize(label, cell)}
        >
          {label}
        </text>
      )}
      {/* The number and the name belong to the button, so a finger may miss the cell. */}
      <rect class="bit-target" x={x} y={y - NUMBER} width={cell} height={height + NUMBER + 2} />
    </g>
  );
}

/** Whether names find room between a row and the numbers of the next. */
function hasRoomForNames(row: BitRow, next: BitRow | undefined): boolean {
  return next === undefined || next.y - NUMBER - (row.y + row.height) >= NAME - 2;
}

/** Names in capitals, as wide as their cell at most: they stand side by side. */
function nameSize(name: string, cell: number): number {
  return Math.min(9, (0.9 * cell) / (0.76 * name.length));
}

/** Enter and Space press what is no button of HTML. */
export function pressed(event: TargetedKeyboardEvent<Element>, press: () => void): void {
  if ((event.key !== 'Enter' && event.key !== ' ') || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  press();
}
