import type { JSX } from 'preact';
import { TEXT } from '../words/index.ts';
import { Bits } from './bits.tsx';
import type { Layout } from './layout.ts';
import type { FieldPicture, Picture } from './picture.ts';
import { fitting } from './text-fit.ts';

interface AddressStripProps {
  readonly picture: Picture;
  readonly layout: Layout;
  /** How a part looks at the step that is shown. */
  state(step: number): string;
  onFlip(bit: number): void;
}

/** The address in bits, cut into the fields that choose entries, each in its colour. */
export function AddressStrip({ picture, layout, state, onFlip }: AddressStripProps): JSX.Element {
  const { fields, bits } = picture;
  return (
    <g class="address-strip">
      {fields.map((field, i) => {
        const { row, width } = layout.fields[i]!;
        return (
          <rect
            key={field.level}
            class={`field-back level-${field.level} ${state(i + 1)}`}
            x={row.x - 5}
            y={row.y - 12}
            width={width + 10}
            height={row.height + 17}
            rx={6}
          />
        );
      })}
      <Bits
        label={TEXT.drawing.address}
        rows={layout.fields.map(({ row }) => row)}
        rowClasses={fields.map((field, i) => `level-${field.level} ${state(i + 1)}`)}
        bits={bits}
        first={bits[0]?.bit ?? 0}
        onFlip={onFlip}
      />
      {fields.map((field, i) => {
        const { row, width, labelY } = layout.fields[i]!;
        const room = width + 12;
        return (
          <text
            key={field.level}
            class={`field-label level-${field.level} ${state(i + 1)}`}
            x={row.x + width / 2}
            y={labelY}
            text-anchor="middle"
          >
            {fitting(names(field), room, 12.5)} <tspan class="field-value mono">{field.text}</tspan>
          </text>
        );
      })}
    </g>
  );
}

/** From the longest to the shortest way to call a field; its value is written behind it. */
function names({ name, high, low, text }: FieldPicture): string[] {
  const value = ' '.repeat(text.length + 1);
  return [`${high}–${low}  ${name}${value}`, `${name}${value}`, name].map((one) => one.trimEnd());
}
