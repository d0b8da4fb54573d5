import type { JSX } from 'preact';
import { TEXT } from '../words/index.ts';
import { type Rect, ROW } from './layout.ts';
import type { CodeBitPicture, EndPicture } from './picture.ts';
import { linesOf, monoSize } from './text-fit.ts';

interface EndProps {
  readonly end: EndPicture;
  readonly box: Rect;
  readonly state: string;
  readonly isTall: boolean;
}

/** Where the walk ends: the byte in its page, or the fault with its error code. */
export function End({ end, box, state, isTall }: EndProps): JSX.Element {
  if (end.kind === 'fault') return <Fault end={end} box={box} state={state} />;
  if (end.kind === 'page') return <PageBox end={end} box={box} state={state} isTall={isTall} />;
  return (
    <g class={`end is-veiled ${state}`} data-result="veiled">
      <rect class="end-box" {...box} rx={8} />
      <text class="veil-mark" x={box.x + box.width / 2} y={box.y + box.height / 2 - 8} text-anchor="middle">
        ?
      </text>
      <Lines text={end.why} x={box.x + 16} y={box.y + box.height / 2 + 24} width={box.width - 32} size={13} />
    </g>
  );
}

/** Half the height of the box around the byte. */
const BYTE_BOX = 38;

function PageBox({
  end,
  box,
  state,
  isTall,
}: EndProps & { readonly end: EndPicture & { readonly kind: 'page' } }): JSX.Element {
  const { x, y, width, height } = box;
  const middle = y + height / 2;
  const here = y + height * (1 - end.at);
  const inner = width - 28;
  const notes = end.notes.flatMap((text) => linesOf(text, inner, 11.5));
  const notesY = middle + BYTE_BOX + 16;
  const below = notes.length === 0 ? middle + BYTE_BOX + 1 : notesY + notes.length * 14.5 - 6;
  return (
    <g class={`end is-yes ${state}`} data-result="ok">
      <text class="title-name" x={x} y={isTall ? y - 6 : y - 20}>
        {end.title}
      </text>
      <text
        class="mono dim title-where"
        x={isTall ? x + width : x}
        y={y - 6}
        text-anchor={isTall ? 'end' : 'start'}
      >
        {end.where} {end.role}
      </text>
      <rect class="end-box" {...box} rx={3} />
      <rect class="bar-back" x={x} y={y} width={9} height={height} />
      <path class="bar-here" d={`M${x - 4} ${here - 4}L${x + 3} ${here}L${x - 4} ${here + 4}z`} />
      <Words end={end} x={x + 18} from={middle - BYTE_BOX - 5} to={y + 10} step={1} />
      <Words end={end} x={x + 18} from={below + 12} to={y + height - 4} step={-1} />
      <rect class="byte-box" x={x} y={middle - BYTE_BOX} width={width} height={2 * BYTE_BOX} rx={4} />
      <text class="caption" x={x + 18} y={middle - 19}>
        ✓ {TEXT.drawing.physical}
      </text>
      <text
        class="physical mono"
        x={x + 18}
        y={middle + 6}
        font-size={monoSize(end.physical, width - 30, 21)}
      >
        {end.physical}
      </text>
      <text class="mono dim" x={x + 18} y={middle + 26} font-size={monoSize(end.sum, inner * 0.62, 11)}>
        {end.sum}
      </text>
      <text class="mono strong" x={x + width - 10} y={middle + 26} text-anchor="end" font-size={11}>
        {end.content}
      </text>
      <g class="notes">
        {notes.map((line, i) => (
          <text key={`${i}${line}`} x={x + 18} y={notesY + i * 14.5} font-size={11.5}>
            {line}
          </text>
        ))}
      </g>
    </g>
  );
}

interface WordsProps {
  readonly end: EndPicture & { readonly kind: 'page' };
  readonly x: number;
  /** Base line of the first line, and the last that there is room for. */
  readonly from: number;
  readonly to: number;
  /** Upwards to higher addresses, or downwards. */
  readonly step: 1 | -1;
}

/** The words of the page around the byte. */
function Words({ end, x, from, to, step }: WordsProps): JSX.Element {
  const count = Math.floor(((from - to) * step) / ROW);
  const lines = Array.from({ length: Math.max(0, count) }, (_, i) => end.word((i + 1) * step));
  return (
    <g class="words">
      {lines.map(
        (line, i) =>
          line !== undefined && (
            <text key={line.address} class="mono" x={x} y={from - i * ROW * step}>
              <tspan class="dim">{line.address}</tspan>
              {'  '}
              <tspan>{line.value}</tspan>
            </text>
          ),
      )}
    </g>
  );
}

function Fault({
  end,
  box,
  state,
}: {
  readonly end: EndPicture & { readonly kind: 'fault' };
  readonly box: Rect;
  readonly state: string;
}): JSX.Element {
  const { x, y, width, height } = box;
  const why = linesOf(end.why, width - 28, 13);
  const top = y + 50 + why.length * 16;
  return (
    <g class={`end is-no ${state}`} data-result="fault" data-code={end.codeText}>
      <rect class="end-box" {...box} rx={8} />
      <text
        class="fault-title"
        x={x + 14}
        y={y + 26}
        font-size={monoSize(end.title, (width - 28) * 1.06, 17)}
      >
        ✗ {end.title}
      </text>
      <Lines class="why" text={end.why} x={x + 14} y={y + 46} width={width - 28} size={13} />
      {end.code.length > 0 && (
        <ErrorCode
          code={end.code}
          text={end.codeText}
          box={{ x: x + 14, y: top, width: width - 28, height: y + height - top - 8 }}
        />
      )}
      {end.cr2 !== '' && (
        <text class="cr2" x={x + 14} y={y + height - 11}>
          {TEXT.fault.cr2} <tspan class="mono strong">{end.cr2}</tspan>
        </text>
      )}
    </g>
  );
}

const CODE_CELL = 30;

/** The error code as cells, and what its bits mean: the set ones first, as many as there is room for. */
function ErrorCode({
  code,
  text,
  box,
}: {
  readonly code: readonly CodeBitPicture[];
  readonly text: string;
  readonly box: Rect;
}): JSX.Element {
  const { x, y, width } = box;
  const cell = Math.min(CODE_CELL, (width - 4) / code.length);
  const room = box.height - 66 - 20;
  const lines: { text: string; set: boolean }[] = [];
  for (const { name, value, meaning } of [...code].reverse()) {
    const broken = linesOf(`${name} = ${value}: ${meaning}`, width, 11.5);
    if ((lines.length + broken.length) * 14 > room) break;
    lines.push(...broken.map((line, i) => ({ text: i === 0 ? line : `   ${line}`, set: value === 1 })));
  }
  return (
    <g class="error-code">
      <text class="caption" x={x} y={y + 4}>
        {TEXT.fault.code} <tspan class="mono strong">{text}</tspan>
      </text>
      {code.map(({ name, value, meaning }, i) => (
        <g key={name} class={value === 1 ? 'code-bit is-set' : 'code-bit'}>
          <title>{`${name} = ${value}: ${meaning}`}</title>
          <rect x={x + i * cell} y={y + 24} width={cell - 3} height={24} rx={3} />
          <text class="code-name" x={x + i * cell + (cell - 3) / 2} y={y + 20} text-anchor="middle">
            {name}
          </text>
          <text class="mono code-value" x={x + i * cell + (cell - 3) / 2} y={y + 41} text-anchor="middle">
            {value}
          </text>
        </g>
      ))}
      {lines.map(({ text: line, set }, i) => (
        <text key={`${i}${line}`} class={set ? 'code-line is-set' : 'code-line'} x={x} y={y + 68 + i * 14}>
          {line}
        </text>
      ))}
    </g>
  );
}

interface LinesProps {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly class?: string;
}

/** A text broken into lines. */
export function Lines({ text, x, y, width, size, class: name = '' }: LinesProps): JSX.Element {
  return (
    <text class={name} x={x} y={y} font-size={size}>
      {linesOf(text, width, size).map((line, i) => (
        <tspan key={i} x={x} dy={i === 0 ? 0 : size * 1.25}>
          {line}{' '}
        </tspan>
      ))}
    </text>
  );
}
