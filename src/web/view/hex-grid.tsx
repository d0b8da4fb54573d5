import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import { bytesAt } from '../ram.ts';
import { TEXT } from '../words/index.ts';

const ROW_BYTES = 16;
const SHOWN_BYTES = 256;

/** How far a key moves in the grid. */
const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -ROW_BYTES,
  ArrowDown: ROW_BYTES,
  PageUp: -SHOWN_BYTES,
  PageDown: SHOWN_BYTES,
};

/** 256 bytes around an address; the keyboard moves and writes as in any hex editor. */
export function HexGrid({ page, address }: { readonly page: Page; readonly address: number }): JSX.Element {
  const { memory } = page.session.machine;
  const first = Math.floor(address / SHOWN_BYTES) * SHOWN_BYTES;
  const bytes = bytesAt(memory, first, Math.min(SHOWN_BYTES, memory.sizeBytes - first));
  const entryBytes = page.report.steps[0]?.entryBytes ?? 4;
  const read = new Set(page.report.steps.map((step) => step.entryAddress));
  // The first of two digits, until the second comes.
  const [digit, setDigit] = useState<{ at: number; high: number } | undefined>();
  const grid = useRef<HTMLTableElement>(null);
  const inGrid = useRef(false);
  useEffect(() => {
    const cell = grid.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (cell === null || cell === undefined) return;
    if (inGrid.current) cell.focus({ preventScroll: true });
    // Within its own panel: the page itself stays where it is.
    const panel = cell.closest<HTMLElement>('.hex-scroll');
    if (panel !== null) panel.scrollTop = cell.offsetTop - panel.clientHeight / 2;
  }, [address]);

  const go = (to: number): void => {
    const next = Math.min(Math.max(to, 0), memory.sizeBytes - 1);
    page.look({ byte: next });
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setDigit(undefined);
      go(address + move);
    } else if (/^[0-9a-fA-F]$/.test(event.key)) {
      event.preventDefault();
      const value = Number.parseInt(event.key, 16);
      if (digit?.at !== address) {
        setDigit({ at: address, high: value });
        return;
      }
      setDigit(undefined);
      page.act({ kind: 'byte', physical: address, value: digit.high * 16 + value });
      go(address + 1);
    }
  };
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, i) => first + i * ROW_BYTES);
  return (
    <div class="scroll hex-scroll">
      <table
        ref={grid}
        class="hex mono"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table to be moved in
        role="grid"
        aria-label={TEXT.memory.bytes}
        onKeyDown={onKey}
        onFocusCapture={() => {
          inGrid.current = true;
        }}
        onBlurCapture={() => {
          inGrid.current = false;
        }}
      >
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{formatAddress(row)}</th>
              {Array.from({ length: ROW_BYTES }, (_, i) => {
                const at = row + i;
                const value = bytes[at - first] ?? 0;
                const selected = at === address;
                const entry = at - (at % entryBytes);
                const text =
                  digit?.at === at ? `${digit.high.toString(16)}_` : value.toString(16).padStart(2, '0');
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid
                  <td
                    key={at}
                    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a cell of a grid
                    role="gridcell"
                    tabIndex={selected ? 0 : -1}
                    aria-selected={selected}
                    aria-label={TEXT.memory.byteAt(formatAddress(at), text)}
                    class={`${value === 0 ? 'is-zero' : ''}${read.has(entry) ? ' is-read' : ''}${i % 4 === 3 ? ' ends-word' : ''}`}
                    onClick={() => {
                      inGrid.current = true;
                      go(at);
                    }}
                  >
                    {text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
