import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { addressFields } from '../../arch/index.ts';
import type { WalkReport } from '../../index.ts';
import { lastStepOf } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { rovingKeys } from './roving.ts';

/** One field of a linear address. */
export interface Field {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly value: number;
  /** The step of the walk that uses it. */
  readonly step: number;
}

/** The fields into which a walk cuts its address. A large page's offset swallows the fields below it. */
export function fieldsOf(report: WalkReport): Field[] {
  const { mode, steps, linear } = report;
  const parts = addressFields(mode, steps.at(-1)?.leadsTo === 'page' ? steps.length : undefined);
  return parts.map(({ name, bits, low }, i) => {
    const value = Math.floor(Number(linear) / 2 ** low) % 2 ** bits;
    const step = i < parts.length - 1 ? i + 1 : lastStepOf(report);
    return { name, high: low + bits - 1, low, value, step };
  });
}

/** The address in bits, cut into its fields; a click flips a bit. */
export function AddressBits({ page }: { readonly page: Page }): JSX.Element {
  const { report, view } = page;
  const label = useId();
  const fields = fieldsOf(report);
  const shown = view.step ?? lastStepOf(report);
  return (
    <div class="bits-block">
      <h3 id={label}>{TEXT.walk.bits}</h3>
      <div class="address-bits" role="toolbar" aria-labelledby={label} onKeyDown={rovingKeys}>
        {fields.map((field, i) => (
          <div
            key={field.name}
            class={`field level-${field.name === 'offset' ? 'offset' : levelClass(fields.length - 2 - i)}${
              view.step !== undefined && field.step === shown ? ' is-lit' : ''
            }${field.step > shown ? ' is-ahead' : ''}`}
          >
            <div class="field-bits">
              {bitsOf(field).map((bit) => {
                const value = Math.floor(view.linear / 2 ** bit) % 2;
                const first = bit === fields[0]!.high;
                return (
                  <button
                    key={bit}
                    type="button"
                    class={`abit${bit % 4 === 0 ? ' ends-nibble' : ''}`}
                    data-roving
                    tabIndex={first ? 0 : -1}
                    aria-pressed={value === 1}
                    aria-label={TEXT.walk.bitOf(bit, value)}
                    title={TEXT.walk.bit(bit)}
                    onClick={() => page.look({ linear: view.linear + (value === 1 ? -1 : 1) * 2 ** bit })}
                  >
                    {value}
                  </button>
                );
              })}
            </div>
            <div class="field-name">
              <span class="field-range">
                {field.high}–{field.low}
              </span>
              <span>{TEXT.walk.fields[field.name]}</span>
              <strong class="mono">
                {field.name === 'offset' ? `0x${field.value.toString(16)}` : field.value}
              </strong>
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Levels have their colours from the leaf up, so that a page table is the same in every mode. */
export function levelClass(fromLeaf: number): string {
  return ['table', 'directory', 'pdpt', 'pml4', 'pml5'][fromLeaf] ?? 'pml5';
}

function bitsOf({ high, low }: Field): number[] {
  return Array.from({ length: high - low + 1 }, (_, i) => high - i);
}
