import type { JSX } from 'preact';
import { TEXT } from '../words/index.ts';
import { Bits, pressed } from './bits.tsx';
import { type ColumnLayout, type Rect, ROW } from './layout.ts';
import type { ColumnPicture, EntryPicture } from './picture.ts';
import { monoSize, widthOf } from './text-fit.ts';

interface ColumnProps {
  readonly picture: ColumnPicture;
  readonly layout: ColumnLayout;
  readonly state: string;
  /** Everything stands below one another. */
  readonly isTall: boolean;
  /** Its entry's bits are shown below all tables. */
  readonly isFocused: boolean;
  onFlip(bit: number): void;
  onRow(index: number): void;
  onFocus(): void;
}

/** Width of the bar that shows which entries of the whole table lead anywhere. */
const BAR = 9;
const TEXT_X = 16;

/** A table: all of its entries as a bar, those around the one that is read as lines, and that one with its bits. */
export function Column(props: ColumnProps): JSX.Element {
  const { picture, layout, state, isTall } = props;
  const { box } = layout;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons inside
    <g
      class={`column level-${picture.level} ${state}`}
      data-entry={picture.kind}
      data-index={picture.index}
      data-value={picture.entry.text}
      onKeyDown={(event) => {
        const by = { PageUp: 1, PageDown: -1 }[event.key];
        const to = picture.index + (by ?? 0);
        if (by === undefined || to < 0 || to >= picture.count) return;
        event.preventDefault();
        props.onRow(to);
      }}
    >
      <Title box={box} title={picture.title} where={picture.where} isTall={isTall} />
      <rect class="table-box" {...box} rx={3} />
      <Bar picture={picture} box={box} />
      <Neighbours {...props} />
      <Block {...props} />
      <Rights entry={picture.entry} x={box.x} y={box.y + box.height + 16} width={box.width} />
    </g>
  );
}

function Title({
  box,
  title,
  where,
  isTall,
}: {
  readonly box: Rect;
  readonly title: string;
  readonly where: string;
  readonly isTall: boolean;
}): JSX.Element {
  const { x, y, width } = box;
  return (
    <g class="table-title">
      <text class="title-name" x={x} y={isTall ? y - 6 : y - 20}>
        {title}
      </text>
      <text
        class="mono dim title-where"
        x={isTall ? x + width : x}
        y={y - 6}
        text-anchor={isTall ? 'end' : 'start'}
      >
        {where}
      </text>
    </g>
  );
}

/** The whole table to scale, high indices on top: marks where entries are present. */
function Bar({ picture, box }: { readonly picture: ColumnPicture; readonly box: Rect }): JSX.Element {
  const { count, index } = picture;
  const bottom = box.y + box.height;
  const pitch = box.height / count;
  const y = bottom - (index + 0.5) * pitch;
  return (
    <g class="bar">
      <rect class="bar-back" x={box.x} y={box.y} width={BAR} height={box.height} />
      <path class="bar-marks" d={presentPath(picture, box.x, bottom, pitch)} />
      <path class="bar-here" d={`M${box.x - 4} ${y - 4}L${box.x + 3} ${y}L${box.x - 4} ${y + 4}z`} />
    </g>
  );
}

/** One rectangle for each run of present entries, at least half a unit high to be seen. */
function presentPath({ count, present }: ColumnPicture, x: number, bottom: number, pitch: number): string {
  let path = '';
  for (let i = 0; i < count; i++) {
    if (!present(i)) continue;
    const first = i;
    while (i + 1 < count && present(i + 1)) i++;
    const height = Math.max(1.4, (i + 1 - first) * pitch);
    path += `M${x} ${(bottom - first * pitch).toFixed(1)}h${BAR}v${(-height).toFixed(1)}h${-BAR}z`;
  }
  return path;
}

function Neighbours({ picture, layout, onRow }: ColumnProps): JSX.Element {
  const { count, index } = picture;
  const { box, block, above, below } = layout;
  const lines: JSX.Element[] = [];
  const line = (at: number, y: number): void => {
    if (at < 0 || at >= count) return;
    const here = picture.row(at);
    lines.push(
      // biome-ignore lint/a11y/useSemanticElements: SVG has no button
      <g
        key={at}
        class={picture.present(at) ? 'line' : 'line is-absent'}
        role="button"
        tabindex={-1}
        data-row={at}
        onClick={() => onRow(at)}
        onKeyDown={(event) => pressed(event, () => onRow(at))}
      >
        <title>{TEXT.drawing.goToEntry(picture.kind, at)}</title>
        <rect class="line-target" x={box.x + BAR} y={y} width={box.width - BAR} height={ROW} />
        <text class="mono line-index" x={box.x + TEXT_X + 24} y={y + 12.5} text-anchor="end">
          {at}
        </text>
        <text class="mono line-value" x={box.x + TEXT_X + 34} y={y + 12.5}>
          {here}
        </text>
      </g>,
    );
  };
  for (let i = above; i >= 1; i--) line(index + i, block.y - i * ROW - 1);
  for (let i = 1; i <= below; i++) line(index - i, block.y + block.height + (i - 1) * ROW + 1);
  return <g class="lines">{lines}</g>;
}

/** The entry that is read. */
function Block({ picture, layout, isFocused, onFlip, onFocus }: ColumnProps): JSX.Element {
  const { entry, kind } = picture;
  const { block, bits } = layout;
  const compact = bits.length === 0;
  const classes = ['block', entry.broken && 'is-broken', isFocused && 'is-focused'];
  return (
    <g class={classes.filter(Boolean).join(' ')}>
      <rect class="block-box" {...block} rx={4} />
      {compact ? (
        <CompactEntry entry={entry} block={block} onFocus={onFocus} />
      ) : (
        <>
          <text class="entry-name mono" x={block.x + TEXT_X} y={block.y + 18}>
            {entry.name}
          </text>
          <text class="entry-value mono" x={block.x + block.width - 8} y={block.y + 18} text-anchor="end">
            <title>{TEXT.drawing.readAt(entry.sum)}</title>
            {entry.text}
          </text>
          <Bits
            label={TEXT.drawing.bitsOf(kind, entry.name)}
            rows={bits}
            bits={entry.bits}
            first={0}
            fixed={entry.fixed}
            onFlip={onFlip}
          />
        </>
      )}
    </g>
  );
}

/** Name, value and the three flags that matter most; a click shows all bits below. */
function CompactEntry({
  entry,
  block,
  onFocus,
}: {
  readonly entry: EntryPicture;
  readonly block: Rect;
  onFocus(): void;
}): JSX.Element {
  const { x, y, width } = block;
  const text = entry.text.replace(/^0x(?:0000_|_)+/, '0x').replace(/^0x0+(?=[0-9a-f])/, '0x');
  const isLow = block.height < 50;
  const flags = ['US', 'RW', 'P'].map((label) => entry.bits.find((bit) => bit.label === label));
  const chip = 30;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class="compact"
      role="button"
      tabindex={0}
      data-focus-entry={entry.name}
      onClick={onFocus}
      onKeyDown={(event) => pressed(event, onFocus)}
    >
      <title>{TEXT.drawing.showBits(entry.name, entry.text)}</title>
      <rect class="line-target" {...block} />
      <text class="entry-name mono" x={x + TEXT_X} y={y + 17}>
        {entry.name}
      </text>
      <text
        class="entry-value mono"
        x={isLow ? x + width - 8 : x + TEXT_X}
        y={isLow ? y + 17 : y + 34}
        text-anchor={isLow ? 'end' : 'start'}
        font-size={monoSize(text, width - TEXT_X - 6, 12.5)}
      >
        {text}
      </text>
      {flags.map(
        (bit, i) =>
          bit !== undefined && (
            <g key={bit.label} class={`chip-bit${bit.value ? ' is-set' : ''}${bit.blamed ? ' is-bad' : ''}`}>
              <rect x={x + TEXT_X + i * chip} y={y + block.height - 20} width={chip - 3} height={15} rx={3} />
              <text x={x + TEXT_X + i * chip + (chip - 3) / 2} y={y + block.height - 9} text-anchor="middle">
                {bit.label}
                {bit.value}
              </text>
            </g>
          ),
      )}
    </g>
  );
}

/** What is left of the rights below a table; where the walk ends, why. */
export function Rights({
  entry,
  x,
  y,
  width,
}: {
  readonly entry: EntryPicture;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}): JSX.Element {
  if (entry.leads !== '') {
    return (
      <text class="rights is-no" x={x} y={y}>
        ✗ {entry.leads}
      </text>
    );
  }
  const whole = entry.rights.map(({ text, allowed }) => `${allowed ? '✓' : '✗'} ${text}`);
  const isShort = widthOf(whole.join('   '), 12) > width;
  return (
    <text class="rights" x={x} y={y}>
      {entry.rights.map(({ text, short, allowed }, i) => (
        <tspan key={text} class={allowed ? 'is-yes' : 'is-no'} dx={i === 0 ? 0 : 8}>
          {allowed ? '✓' : '✗'} {isShort ? short : text}
        </tspan>
      ))}
    </text>
  );
}
