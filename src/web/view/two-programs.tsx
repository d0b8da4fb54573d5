import type { JSX } from 'preact';
import { TEXT } from '../words/index.ts';

/** The first picture: two programs, the same address, different memory. */
export function TwoPrograms(): JSX.Element {
  const words = TEXT.toy.picture;
  return (
    <svg class="two-programs" viewBox="0 0 460 210" role="img" aria-label={words.alt}>
      {(['A', 'B'] as const).map((program, i) => {
        const y = 20 + i * 110;
        const frame = i === 0 ? 66 : 126;
        return (
          <g key={program} class={`of-${program}`}>
            <rect x={2} y={y} width={132} height={64} rx={8} />
            <text class="title-name" x={14} y={y + 26}>
              {words.who(program)}
            </text>
            <text x={14} y={y + 48}>
              {words.reads}
            </text>
            <path d={`M134 ${y + 32}H176`} />
            <rect x={176} y={y + 8} width={118} height={48} rx={8} />
            <text class="title-name" x={235} y={y + 37} text-anchor="middle">
              {words.tables(program)}
            </text>
            <path d={`M294 ${y + 32}C330 ${y + 32} 330 ${frame + 13} 362 ${frame + 13}`} />
            <rect class="cell" x={366} y={frame} width={84} height={26} />
            <text class="title-name" x={408} y={frame + 18} text-anchor="middle">
              {i === 0 ? 'm' : 'r'}
            </text>
          </g>
        );
      })}
      <rect class="ram" x={366} y={20} width={84} height={174} rx={4} />
      <text class="dim" x={408} y={12} text-anchor="middle">
        {words.memory}
      </text>
    </svg>
  );
}
