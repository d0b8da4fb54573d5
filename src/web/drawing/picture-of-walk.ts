/** A walk of the emulator as a picture. */

import {
  addressFields,
  formatAddress,
  PAGING_MODES,
  PF_PK,
  PTE_A,
  PTE_D,
  PTE_FRAME_MASK,
} from '../../arch/index.ts';
import type { Rights, SetBits, WalkReport, WalkStep } from '../../index.ts';
import type { RamReader } from '../../memory/index.ts';
import { setNames } from '../../render/index.ts';
import { bitOf, bitsOf } from '../linear.ts';
import { blameOf, codeText, entryName, faultName, faultWhy, stepSentence } from '../narrate.ts';
import { isRamAt } from '../ram.ts';
import { TEXT } from '../words/index.ts';
import { flagLabel } from './flags.ts';
import type {
  BitPicture,
  CodeBitPicture,
  ColumnPicture,
  EndPicture,
  EntryPicture,
  FieldPicture,
  Level,
  Picture,
  RightPicture,
} from './picture.ts';

/** The level that each kind of entry belongs to. */
export const LEVELS: Readonly<Record<WalkStep['kind'], Level>> = {
  PML5E: 'pml5',
  PML4E: 'pml4',
  PDPTE: 'pdpt',
  PDE: 'directory',
  PTE: 'table',
};

/** What of a session a picture needs. */
export interface Scene {
  readonly report: WalkReport;
  readonly memory: RamReader & { readUint8(physical: number): number };
  /** What the place of a physical address is for, such as `kernel`; empty where nobody knows. */
  readonly roleOf: (physical: number) => string;
  /** More to be said about the end: what the TLB holds. */
  readonly notes: readonly string[];
  /** A question is open whose answer the end would give. */
  readonly veiled: boolean;
}

export function pictureOfWalk(scene: Scene): Picture {
  const { report, memory, veiled } = scene;
  const shape = PAGING_MODES[report.mode];
  const fields = fieldsOf(report);
  const reached = report.steps.length;
  const ended = report.steps.at(-1)?.leadsTo === 'page' || report.mode === 'off';
  return {
    fields,
    bits: addressBits(report, fields),
    root: report.mode === 'off' ? undefined : { name: 'CR3', text: formatAddress(report.cr3) },
    columns: report.steps.map((step) => columnOf(step, scene)),
    unreached: ended
      ? []
      : shape.levels.slice(reached).map(({ kind }) => ({
          level: LEVELS[kind],
          title: TEXT.drawing.tables[kind],
        })),
    end: veiled
      ? { kind: 'veiled', title: TEXT.drawing.veiled, why: TEXT.drawing.veiledWhy }
      : endOf(scene, memory),
    description: veiled
      ? TEXT.drawing.veiled
      : report.steps.map((_, i) => stepSentence(report, i + 1)).join(' '),
  };
}

/** The fields into which a walk cuts its address. A large page's offset swallows the fields below it. */
export function fieldsOf({ mode, steps, linear }: WalkReport): FieldPicture[] {
  const { levels } = PAGING_MODES[mode];
  const isLarge = steps.at(-1)?.leadsTo === 'page';
  const fields = addressFields(mode, isLarge ? steps.length : undefined);
  return fields.map(({ low, bits }, i): FieldPicture => {
    const value = bitsOf(linear, low, bits);
    const kind = i < fields.length - 1 ? levels[i]?.kind : undefined;
    return {
      level: kind === undefined ? 'offset' : LEVELS[kind],
      high: low + bits - 1,
      low,
      value,
      name: TEXT.drawing.fields[kind ?? 'offset'],
      text: kind === undefined ? `0x${value.toString(16)}` : `${value}`,
    };
  });
}

function addressBits(report: WalkReport, fields: readonly FieldPicture[]): BitPicture[] {
  const high = fields[0]?.high ?? 31;
  return Array.from({ length: high + 1 }, (_, i) => {
    const bit = high - i;
    const value = bitOf(report.linear, bit);
    return { bit, value, label: '', meaning: TEXT.drawing.addressBit(bit, value), blamed: false };
  });
}

function columnOf(step: WalkStep, scene: Scene): ColumnPicture {
  const { memory } = scene;
  const inRegister = step.source === 'register';
  const count = inRegister ? 4 : 4096 / step.entryBytes;
  const at = (index: number): number => step.tableAddress + index * step.entryBytes;
  return {
    level: LEVELS[step.kind],
    kind: step.kind,
    title: inRegister ? TEXT.drawing.registers : TEXT.drawing.tables[step.kind],
    where: inRegister ? TEXT.drawing.inCpu : formatAddress(step.tableAddress),
    count,
    index: step.index,
    entry: entryOf(step, scene),
    present: (index) => (memory.loadWord(at(index)) & 1) !== 0,
    row: (index) => {
      const low = memory.loadWord(at(index));
      if ((low & 1) === 0) return '·';
      if (step.entryBytes === 4) return formatAddress(low >>> 0);
      const high = memory.loadWord(at(index) + 4) & 0xf_ffff;
      return `→ ${((high * 2 ** 32 + ((low & PTE_FRAME_MASK) >>> 0)) / 4096).toString(16)}`;
    },
  };
}

function entryOf(step: WalkStep, { report, veiled }: Scene): EntryPicture {
  // Who is to predict the fault must find its bit.
  const blame = veiled ? undefined : blameOf(report);
  const isBlamed = blame?.step === step;
  const ends = step.leadsTo === 'not-present' || step.leadsTo === 'reserved-bit';
  const value = BigInt(step.entry);
  const count = step.entryBytes * 8;
  const { drawing } = TEXT;
  return {
    name: entryName(step),
    sum: `${formatAddress(step.tableAddress)} + ${step.index} × ${step.entryBytes} = ${formatAddress(step.entryAddress)}`,
    text: formatAddress(step.entry, step.entryBytes * 2),
    bits: Array.from({ length: count }, (_, i): BitPicture => {
      const bit = count - 1 - i;
      const set = Number((value >> BigInt(bit)) & 1n) as 0 | 1;
      const label = flagLabel(step, bit);
      const blamed = isBlamed && (blame.bit === bit || (ends && step.reservedBits.includes(bit)));
      const meaning = TEXT.flags[label]?.[set === 1 ? 0 : 1];
      return { bit, value: set, label, meaning: drawing.entryBit(bit, label, set, meaning), blamed };
    }),
    fixed: step.source === 'open-bus',
    leads: veiled ? '' : leadsOf(step),
    rights: ends ? [] : rightsOf(step.rights),
    broken: isBlamed,
    note:
      step.source === 'register'
        ? drawing.registerNote
        : step.source === 'open-bus'
          ? drawing.openBus
          : undefined,
  };
}

function leadsOf(step: WalkStep): string {
  switch (step.leadsTo) {
    case 'not-present':
      return TEXT.drawing.absent;
    case 'reserved-bit':
      return TEXT.drawing.reserved(step.reservedBits);
    default:
      return '';
  }
}

/** What is left of the rights, as marks and words. */
export function rightsOf({ writable, user, executable }: Rights): RightPicture[] {
  const words = TEXT.drawing.rights;
  return [
    { text: words.writable, short: 'RW', allowed: writable },
    { text: words.user, short: 'US', allowed: user },
    ...(executable ? [] : [{ text: words.executable, short: 'X', allowed: false }]),
  ];
}

function endOf(scene: Scene, memory: Scene['memory']): EndPicture {
  const { report, roleOf, notes } = scene;
  const { drawing } = TEXT;
  if (!report.ok) {
    const { fault } = report;
    return {
      kind: 'fault',
      title: faultName(fault.vector),
      why: faultWhy(report),
      code: fault.vector === 14 ? codeBits(fault.code) : [],
      codeText: fault.vector === 14 ? codeText(fault.code) : '',
      cr2: fault.vector === 14 ? formatAddress(fault.cr2) : '',
    };
  }
  const { physical, pageSize, sets, global } = report;
  const offset = physical % pageSize;
  const inRam = isRamAt(memory, physical);
  return {
    kind: 'page',
    title: drawing.pageOf(pageSize),
    where: formatAddress(physical - offset),
    sum: `${formatAddress(physical - offset)} + 0x${offset.toString(16)}`,
    physical: formatAddress(physical),
    content: inRam ? drawing.byte(formatAddress(memory.readUint8(physical), 2)) : drawing.noRam,
    role: roleOf(physical),
    word: (distance) => {
      const at = physical - (physical % 4) + distance * 4;
      if (!inRam || at < physical - offset || at >= physical - offset + pageSize) return undefined;
      return { address: formatAddress(at), value: formatAddress(memory.loadWord(at) >>> 0).slice(2) };
    },
    notes: [...willSet(report.steps, sets), ...(global ? [drawing.global] : []), ...notes],
    at: offset / pageSize,
  };
}

/** What the CPU will write into the tables: a sentence for A, and one for A and D. */
function willSet(steps: readonly WalkStep[], sets: readonly SetBits[]): string[] {
  const entriesFor = (wanted: number): string =>
    sets
      .filter(({ bits }) => bits === wanted)
      .map(({ entryAddress }) => steps.find((step) => step.entryAddress === entryAddress))
      .map((step) => (step === undefined ? '' : entryName(step)))
      .join(', ');
  return [PTE_A, PTE_D, PTE_A | PTE_D].flatMap((bits) => {
    const entries = entriesFor(bits);
    return entries === '' ? [] : [TEXT.drawing.willSet(setNames(bits).join(' + '), entries)];
  });
}

/** The bits of an error code, the highest that can be set first. */
export function codeBits(code: number): CodeBitPicture[] {
  const all = TEXT.fault.bits.map(([name, set, clear], i): CodeBitPicture => {
    const value = ((code >> i) & 1) as 0 | 1;
    return { name, value, meaning: value === 1 ? set : clear };
  });
  // Protection keys came late: their bit is shown where it speaks.
  return (code & PF_PK ? all : all.slice(0, 5)).reverse();
}
