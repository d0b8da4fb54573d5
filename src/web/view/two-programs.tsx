import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { TOY_MEMORY, type ToyProgram, toyWalk } from '../toy.ts';
import { TEXT } from '../words/index.ts';

/** The frames of the toy that hold pages, from the top. */
const PAGES = [5, 6, 7] as const;
const PAGE_X = 350;
const LETTER_WIDTH = 24;

/** The top of a page in the picture. */
function topOf(frame: number): number {
  return 30 + (frame - PAGES[0]) * 58;
}

/** The first picture: two programs, the same address, different memory. The address can be dragged. */
export function TwoPrograms(): JSX.Element {
  const words = TEXT.toy.picture;
  const [address, setAddress] = useState(6);
  const walks = { A: toyWalk(TOY_MEMORY, 'A', address), B: toyWalk(TOY_MEMORY, 'B', address) };
  const ends = (['A', 'B'] as const).map((program) => {
    const { letter } = walks[program];
    return letter === undefined ? words.nothing : words.letter(letter);
  });
  return (
    <figure class="two-programs">
      <svg viewBox="0 0 460 210" role="img" aria-label={words.alt(address, ends[0]!, ends[1]!)}>
        {(['A', 'B'] as const).map((program, i) => (
          <ProgramLine
            key={program}
            program={program}
            y={20 + i * 110}
            address={address}
            cell={walks[program].cell}
          />
        ))}
        <text class="dim" x={PAGE_X + 2 * LETTER_WIDTH} y={14} text-anchor="middle">
          {words.memory}
        </text>
        {PAGES.map((frame) => (
          <g key={frame}>
            <rect class="ram" x={PAGE_X} y={topOf(frame)} width={4 * LETTER_WIDTH} height={32} rx={4} />
            {[0, 1, 2, 3].map((offset) => {
              const cell = frame * 4 + offset;
              const by = (['A', 'B'] as const).filter((program) => walks[program].cell === cell);
              const x = PAGE_X + offset * LETTER_WIDTH;
              return (
                <g key={offset} class={by[0] && `of-${by[0]}`}>
                  {by.length > 0 && (
                    <rect class="cell" x={x} y={topOf(frame)} width={LETTER_WIDTH} height={32} rx={4} />
                  )}
                  <text class="letter" x={x + LETTER_WIDTH / 2} y={topOf(frame) + 21} text-anchor="middle">
                    {String.fromCharCode(TOY_MEMORY[cell]!)}
                  </text>
                </g>
              );
            })}
          </g>
        ))}
      </svg>
      <input
        type="range"
        min={4}
        max={11}
        value={address}
        aria-label={words.address}
        aria-valuetext={words.alt(address, ends[0]!, ends[1]!)}
        onInput={(event) => setAddress(Number(event.currentTarget.value))}
      />
      <figcaption class="hint" aria-hidden="true">
        {words.address}
      </figcaption>
    </figure>
  );
}

interface ProgramLineProps {
  readonly program: ToyProgram;
  readonly y: number;
  readonly address: number;
  /** The cell that its address leads to; undefined: none. */
  readonly cell: number | undefined;
}

/** A program, its tables, and where they lead. */
function ProgramLine({ program, y, address, cell }: ProgramLineProps): JSX.Element {
  const words = TEXT.toy.picture;
  const middle = y + 32;
  const end = cell === undefined ? middle : topOf(Math.floor(cell / 4)) + 16;
  const to = PAGE_X - 6;
  return (
    <g class={`of-${program}`}>
      <rect x={2} y={y} width={136} height={64} rx={8} />
      <text class="title-name" x={14} y={y + 26}>
        {words.who(program)}
      </text>
      <text x={14} y={y + 48}>
        {words.reads(address)}
      </text>
      <path d={`M138 ${middle}H170`} />
      <rect x={170} y={y + 8} width={118} height={48} rx={8} />
      <text class="title-name" x={229} y={y + 37} text-anchor="middle">
        {words.tables(program)}
      </text>
      {cell === undefined ? (
        <text class="nowhere" x={308} y={middle + 6} text-anchor="middle">
          ✗
        </text>
      ) : (
        <path d={`M288 ${middle}C${to - 24} ${middle} ${to - 30} ${end} ${to} ${end}`} />
      )}
    </g>
  );
}
