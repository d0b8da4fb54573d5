import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import type { WalkStep } from '../../index.ts';
import { blameOf, entryName } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { levelClass } from './address-bits.tsx';
import { RightsChips } from './rights-chips.tsx';
import { rovingKeys } from './roving.ts';

/** The low twelve bits by name, from bit 11 down; `large` and `leaf` entries use some differently. */
function flagNames(step: WalkStep): string[] {
  const leaf = step.leadsTo === 'page' || step.kind === 'PTE';
  const names = [
    'AV',
    'AV',
    'AV',
    leaf ? 'G' : '–',
    '',
    leaf ? 'D' : '–',
    'A',
    'PCD',
    'PWT',
    'US',
    'RW',
    'P',
  ];
  names[4] = step.kind === 'PTE' ? 'PAT' : 'PS';
  if (step.source === 'register')
    return names.map((name) => (['P', 'PWT', 'PCD', 'AV'].includes(name) ? name : '–'));
  return names;
}

/** One entry that the walk reads, with every bit to touch. */
export function EntryCard({ page, step }: { readonly page: Page; readonly step: WalkStep }): JSX.Element {
  const name = entryName(step);
  const value = BigInt(step.entry);
  const blame = blameOf(page.report);
  const inRam = step.source !== 'open-bus';
  // What an entry looks like is known from RAM, also where the CPU keeps its own copy.
  const flip = (bit: number): void => {
    const physical = step.entryAddress + (bit >= 32 ? 4 : 0);
    const word = page.session.machine.memory.readUint32(physical);
    page.act({ kind: 'word', physical, value: (word ^ (1 << (bit & 31))) >>> 0 });
  };
  const bitButton = (bit: number, label: string, first: boolean): JSX.Element => {
    const set = Number((value >> BigInt(bit)) & 1n);
    const meaning = TEXT.flags[label]?.[set === 1 ? 0 : 1];
    const blamed = blame?.step === step && blame.bit === bit;
    return (
      <button
        key={bit}
        type="button"
        class={`${label === '' ? 'abit' : 'flag'}${bit % 4 === 0 && label === '' ? ' ends-nibble' : ''}${blamed ? ' is-bad' : ''}`}
        data-roving
        data-bit={bit}
        tabIndex={first ? 0 : -1}
        disabled={!inRam}
        aria-pressed={set === 1}
        aria-label={TEXT.walk.flip(label === '' ? TEXT.walk.bit(bit) : label, set, meaning)}
        title={TEXT.walk.flip(TEXT.walk.bit(bit), set, meaning)}
        onClick={() => flip(bit)}
      >
        {label === '' ? set : [<span key="n">{label}</span>, ' ', <b key="v">{set}</b>]}
      </button>
    );
  };
  const flags = flagNames(step);
  const high = step.entryBytes * 8 - 1;
  const addressBits = Array.from({ length: high - 11 }, (_, i) => high - i).filter((bit) => bit !== 63);
  return (
    <article class={`card entry level-${levelClass(step.level)}`} data-entry={step.kind}>
      <header class="card-head">
        <h3 class="mono">{name}</h3>
        <p>
          {TEXT.walk.entryAt}{' '}
          <span class="mono formula">
            {formatAddress(step.tableAddress)} + {step.index} × {step.entryBytes} ={' '}
            <b>{formatAddress(step.entryAddress)}</b>
          </span>
        </p>
        <p>
          {TEXT.walk.holds} <span class="mono big">{formatAddress(step.entry, step.entryBytes * 2)}</span>
        </p>
        <button
          type="button"
          class="link"
          onClick={() =>
            page.look({ frame: Math.floor(step.entryAddress / 4096), offset: step.entryAddress % 4096 })
          }
        >
          {TEXT.walk.openTable}
        </button>
      </header>
      <div class="entry-bits" role="toolbar" aria-label={TEXT.walk.bitsOf(name)} onKeyDown={rovingKeys}>
        <div class="address-part">
          <span class="caption">
            {TEXT.walk.addressBits} {high === 63 ? '62' : high}–12
          </span>
          <div class="abits">{addressBits.map((bit) => bitButton(bit, '', false))}</div>
        </div>
        <div class="flag-part">
          <span class="caption">{TEXT.walk.flagBits}</span>
          <div class="flags">
            {high === 63 && bitButton(63, 'NX', false)}
            {flags.map((label, i) => bitButton(11 - i, label, i === flags.length - 1))}
          </div>
        </div>
      </div>
      <footer class="card-foot">
        <p class="leads">{leads(step)}</p>
        {(step.leadsTo === 'table' || step.leadsTo === 'page') && <RightsChips rights={step.rights} />}
      </footer>
      {step.source === 'register' && <p class="note">{TEXT.walk.registerNote}</p>}
      {step.source === 'open-bus' && <p class="note is-bad">{TEXT.walk.openBus}</p>}
    </article>
  );
}

function leads(step: WalkStep): string {
  switch (step.leadsTo) {
    case 'not-present':
      return TEXT.say.absent;
    case 'reserved-bit':
      return TEXT.walk.reserved(step.reservedBits);
    case 'table':
      return TEXT.say.table(formatAddress(step.target ?? 0));
    case 'page':
      return TEXT.say.page(formatAddress(step.target ?? 0));
  }
}
