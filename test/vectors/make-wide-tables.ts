/** Makes the published truth tables of PAE, 4-level and 5-level paging out of the rule that the proofs are about. */

import { type RuleState, ruleOutcome } from '../../proof/rule/paging-rule.ts';
import type { Hex } from '../../src/vectors/truth-table.ts';
import { SectionPaths } from '../../src/vectors/wide-run.ts';
import type { WideCase, WideCpu, WideOutcome, WideSection, WideTable } from '../../src/vectors/wide-table.ts';
import { DATA, ROOTS, TABLES } from '../differential/layout.ts';

export const WIDE_MODES = ['PAE', '4-level', '5-level'] as const;
type Mode = WideTable['mode'];

const LEVELS: Readonly<Record<Mode, readonly string[]>> = {
  PAE: ['PDPTE register', 'PDE', 'PTE'],
  '4-level': ['PML4E', 'PDPTE', 'PDE', 'PTE'],
  '5-level': ['PML5E', 'PML4E', 'PDPTE', 'PDE', 'PTE'],
};
const SHIFT: Readonly<Record<string, number>> = {
  PML5E: 48,
  PML4E: 39,
  PDPTE: 30,
  'PDPTE register': 30,
  PDE: 21,
  PTE: 12,
};

/** The main CPU first: it runs in all states. */
const CPUS: Readonly<Record<string, WideCpu>> = {
  '40 bits': { physicalAddressBits: 40, page1g: true, vendor: 'Intel' },
  '36 bits, no 1 GiB pages': { physicalAddressBits: 36, page1g: false, vendor: 'Intel' },
  AMD: { physicalAddressBits: 48, page1g: true, vendor: 'AMD' },
};

const [P, RW, US, PWT_PCD, A, D, BIT_7, BIT_8, AVAILABLE] = [
  1n,
  2n,
  4n,
  0x18n,
  0x20n,
  0x40n,
  0x80n,
  0x100n,
  0xe00n,
];
const bit = (n: number): bigint => 1n << BigInt(n);
const NX = bit(63);
const key = (n: number): bigint => BigInt(n) << 59n;

/** Indices of entries that the ROM of the differential needs for nothing of its own. */
const FREE = Array.from({ length: 512 }, (_, i) => i).filter(
  (i) => i >= 8 && i !== 255 && i !== 256 && !(i >= 287 && i <= 290),
);
/** Index of levels that do not vary. */
const FIXED = 16n;
const OFFSET = 0x40n;

/** Every way to take R/W, U/S and execution away at one level or none, and each other bit at each level. */
function uppersOf(mode: Mode, level: string, tables: readonly number[]): bigint[][] {
  const names = LEVELS[mode].slice(0, LEVELS[mode].indexOf(level));
  const base = names.map((name, i) => BigInt(tables[i + 1]!) | (name === 'PDPTE register' ? P : P | RW | US));
  const found: bigint[][] = [];
  const places = [undefined, ...names.keys()].filter((i) => i === undefined || names[i] !== 'PDPTE register');
  for (const rw of places) {
    for (const us of places) {
      for (const nx of places) {
        found.push(
          base
            .map((entry, i) => (i === rw ? entry & ~RW : entry))
            .map((entry, i) => (i === us ? entry & ~US : entry))
            .map((entry, i) => (i === nx ? entry | NX : entry)),
        );
      }
    }
  }
  const changed = (i: number, change: (entry: bigint) => bigint): void => {
    found.push(base.map((entry, at) => (at === i ? change(entry) : entry)));
  };
  for (const [i, name] of names.entries()) {
    if (name === 'PDPTE register') continue;
    changed(i, (entry) => entry & ~P);
    const noLarge = name === 'PML5E' || name === 'PML4E';
    // Address bits that no CPU here has: with one that it has the walk would leave the tables.
    const beyond = [bit(48), bit(51)];
    const ignored = [PWT_PCD, A, D, BIT_8, AVAILABLE, bit(52), bit(58), key(1), key(15)];
    const bits = [...ignored, ...(noLarge ? [BIT_7] : []), ...beyond];
    for (const one of bits) changed(i, (entry) => entry | one);
  }
  if (mode === 'PAE') found.push([0n, ...base.slice(1)]);
  return found;
}

/** Every P, R/W, U/S, A, D, bit 7, G and XD, and each other bit. @param large - Base of the page where bit 7 makes one. */
function leavesOf(level: string, table: bigint): bigint[] {
  const shift = SHIFT[level]!;
  const large = level === 'PTE' ? undefined : (BigInt(DATA[0]!) >> BigInt(shift)) << BigInt(shift);
  const found: bigint[] = [];
  const add = (flags: bigint): void => {
    const isLarge = large !== undefined && (flags & BIT_7) !== 0n;
    const page = BigInt(DATA[found.length % DATA.length]!);
    found.push(flags | (isLarge ? large : level === 'PTE' ? page : table));
  };
  for (let flags = 0n; flags < 256n; flags++)
    add((flags & 7n) | ((flags & 0x78n) << 2n) | ((flags >> 7n) * NX));
  for (const size of level === 'PTE' ? [0n] : [0n, BIT_7]) {
    const all = P | RW | US | A | D | size;
    const address = size !== 0n || level === 'PTE' ? [bit(36), bit(40), bit(51)] : [bit(48), bit(51)];
    for (const one of [PWT_PCD, AVAILABLE, ...address, bit(52), bit(58)]) add(all | one);
    if (size !== 0n) for (const n of [12, 13, shift - 1]) add(all | bit(n));
    for (const n of [1, 2, 3, 15]) {
      for (const rights of [0n, RW, US, RW | US]) add(P | rights | A | size | key(n));
    }
  }
  return found;
}

function sectionOf(mode: Mode, level: WideSection['level']): WideSection {
  const names = LEVELS[mode];
  const depth = names.indexOf(level);
  const root = mode === 'PAE' ? ROOTS[1]! : ROOTS[0]!;
  const tables = [root, ...TABLES].slice(0, names.length);
  const uppers = uppersOf(mode, level, tables);
  const leaves = leavesOf(level, BigInt(tables[depth + 1] ?? 0));
  const index = (i: number, name: string): bigint => BigInt(FREE[i]!) << BigInt(SHIFT[name]!);
  const above = names[depth - 1]!;
  const upperLinear = uppers.map(([first], i) => {
    const fixed = names.slice(0, depth - 1).reduce((sum, name) => sum | (FIXED << BigInt(SHIFT[name]!)), 0n);
    // The four PDPTE registers: 0 is the ROM's, 1 leads on, 2 is absent.
    if (mode !== 'PAE') return fixed | index(i, above);
    const register = (first === 0n ? 2n : 1n) << 30n;
    return above === 'PDPTE register' ? register : register | index(i, above);
  });
  const inPage = (BigInt(DATA[0]!) & (bit(SHIFT[level]!) - 1n)) | OFFSET;
  const below = names
    .slice(depth + 1)
    .map((name, i) => BigInt(name === 'PTE' ? DATA[0]! : tables[depth + 2 + i]!) | P | RW | US);
  return {
    level,
    tables: tables.map(hex),
    uppers: uppers.map((entries) => entries.map(hex)),
    upperLinear: upperLinear.map(hex),
    leaves: leaves.map(hex),
    leafLinear: leaves.map((_, i) => hex(index(i, level) | inPage)),
    below: below.map(hex),
    outcomes: {},
    rows: [],
    plans: [],
    cases: [],
  };
}

type Registers = Omit<WideCase, 'plan' | 'who' | 'access'>;

/** The states: all of WP, NXE, SMEP, SMAP with AC; keys; without PGE; the other CPUs. */
function statesOf(mode: Mode): Registers[] {
  const long = mode !== 'PAE';
  const base4 = 0x20 | (mode === '5-level' ? 0x1000 : 0);
  const state = (
    cpu: string,
    wp: number,
    nxe: number,
    cr4: number,
    ac: boolean,
    keys: number,
  ): Registers => ({
    cpu,
    cr0: hex(0x8000_0011 + wp * 0x1_0000),
    cr4: hex(base4 | cr4),
    efer: hex((long ? 0x500 : 0) | (nxe * 0x800)),
    ac,
    pkru: hex(keys),
    pkrs: hex(keys),
  });
  const [main, ...others] = Object.keys(CPUS) as [string, ...string[]];
  const [PGE, SMEP, SMAP, PKE, PKS] = [0x80, 0x10_0000, 0x20_0000, 0x40_0000, 0x100_0000];
  const found: Registers[] = [];
  for (const wp of [0, 1]) {
    for (const nxe of [0, 1]) {
      for (const smep of [0, SMEP]) {
        for (const [smap, ac] of [
          [0, false],
          [SMAP, false],
          [SMAP, true],
        ] as const) {
          found.push(state(main, wp, nxe, PGE | smep | smap, ac, 0));
        }
      }
    }
    // Key 1 forbids all data, 2 writes, 3 and 15 both.
    if (long)
      for (const keys of [PKE, PKS, PKE | PKS]) found.push(state(main, wp, 1, keys, false, 0xc000_00e4));
  }
  found.push(state(main, 1, 1, 0, false, 0));
  for (const cpu of others) found.push(state(cpu, 1, 1, PGE, false, 0));
  return found;
}

const ACCESSES = [
  ['supervisor', 'read'],
  ['supervisor', 'write'],
  ['supervisor', 'fetch'],
  ['user', 'read'],
  ['user', 'write'],
  ['user', 'fetch'],
  ['implicit', 'read'],
] as const;

const CHARACTERS = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
  (c) => c !== '"' && c !== '\\',
);

/** What the rule says of one combination. */
export function wideOutcomeOf(
  table: Pick<WideTable, 'mode' | 'cr3' | 'cpus'>,
  state: Omit<WideCase, 'plan'>,
  path: ReturnType<SectionPaths['at']>,
): WideOutcome {
  const { linear, entries } = path;
  const [cr0, cr4, efer] = [Number(state.cr0), Number(state.cr4), Number(state.efer)];
  const cpu = table.cpus[state.cpu]!;
  const halves = (value: bigint): [number, number] => [
    Number(value & 0xffff_ffffn) | 0,
    Number(value >> 32n) | 0,
  ];
  const pdptes =
    table.mode === 'PAE' ? Array.from({ length: 4 }, () => halves(entries[0]!.value)).flat() : [];
  let asked = 0;
  const load = (physical: number): number => {
    const entry = entries.find((one) => one.physical === physical || one.physical + 4 === physical)!;
    if (entry.physical === physical) asked++;
    return halves(entry.value)[physical - entry.physical === 0 ? 0 : 1]!;
  };
  const rule: RuleState = {
    mode: table.mode,
    cr3: Number(table.cr3),
    pdptes,
    wp: (cr0 & 0x1_0000) !== 0,
    pse: true,
    pge: (cr4 & 0x80) !== 0,
    smep: (cr4 & 0x10_0000) !== 0,
    smap: (cr4 & 0x20_0000) !== 0,
    pke: (cr4 & 0x40_0000) !== 0,
    pks: (cr4 & 0x100_0000) !== 0,
    nxe: (efer & 0x800) !== 0,
    ac: state.ac,
    pkru: Number(state.pkru) | 0,
    pkrs: Number(state.pkrs) | 0,
    maxPhysicalBits: cpu.physicalAddressBits,
    pse36: true,
    page1g: cpu.page1g === true,
    amd: cpu.vendor === 'AMD',
  };
  const [low, high] = halves(linear);
  const outcome = ruleOutcome(rule, load, low, high, state.who, state.access, false);
  const registers = table.mode === 'PAE' ? 1 : 0;
  if (!outcome.ok) {
    // The entry at which a walk ends is not used; those before it may have been marked.
    const mayAccess = asked > 1 ? registers + asked - 1 : 0;
    return { errorCode: outcome.fault.code, ...(mayAccess > 0 && { mayAccess }) };
  }
  const sets = entries
    .slice(0, registers + asked)
    .map(({ physical }) => outcome.sets.find((one) => one.entryAddress === physical)?.bits ?? 0);
  return { pageSize: outcome.pageSize, sets, ...(outcome.global && { global: true }) };
}

/** A table. */
export function makeWideTable(mode: Mode): WideTable {
  const levels = mode === 'PAE' ? (['PTE', 'PDE'] as const) : (['PTE', 'PDE', 'PDPTE'] as const);
  const bare = levels.map((level) => sectionOf(mode, level));
  const table = { version: 1, mode, cr3: bare[0]!.tables[0]!, cpus: CPUS };
  return { ...table, sections: bare.map((section) => filled(table, section)) };
}

function filled(table: Omit<WideTable, 'sections'>, section: WideSection): WideSection {
  const paths = new SectionPaths(table.mode, section);
  const all = section.uppers.map((_, upper) => section.leaves.map((__, leaf) => paths.at(upper, leaf)));
  const outcomes = new Map<string, string>();
  const rows = new Map<string, number>();
  const plans = new Map<string, number>();
  const numberOf = (map: Map<string, number>, text: string): number => {
    const known = map.get(text) ?? map.size;
    map.set(text, known);
    return known;
  };
  const cases: WideCase[] = [];
  for (const registers of statesOf(table.mode)) {
    for (const [who, access] of ACCESSES) {
      const state = { ...registers, who, access };
      const plan = all.map((row) => {
        const characters = row.map((path) => {
          const outcome = JSON.stringify(wideOutcomeOf(table, state, path));
          const known = outcomes.get(outcome) ?? CHARACTERS[outcomes.size]!;
          outcomes.set(outcome, known);
          return known;
        });
        return numberOf(rows, characters.join(''));
      });
      cases.push({ ...state, plan: numberOf(plans, JSON.stringify(plan)) });
    }
  }
  return {
    ...section,
    outcomes: Object.fromEntries(
      [...outcomes].map(([text, character]) => [character, JSON.parse(text) as WideOutcome]),
    ),
    rows: [...rows.keys()],
    plans: [...plans.keys()].map((text) => JSON.parse(text) as number[]),
    cases,
  };
}

function hex(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
