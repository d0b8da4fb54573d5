/** Makes the published truth table out of the rule: every combination, written once for all that behave alike. */

import type { ExpectedOutcome, Hex, TruthTable, TruthTableCase } from '../../src/vectors/index.ts';
import {
  ACCESSES,
  CPUS,
  type Cpu,
  type EntryBits,
  LARGE_BASE,
  outcomeOf,
  type PdeBits,
  type State,
} from './rule.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CR3 = 0x1000;
/** Frame of the first page that a table entry maps. */
const FIRST_PAGE = 0x0100_0000;

interface Entry<Bits> {
  readonly value: number;
  readonly bits: Bits;
}

/** Every P, R/W, U/S, A, D, PS, G, with neither bit 13 nor 21, one, or the other. */
function pdes(): Entry<PdeBits>[] {
  const entries: Entry<PdeBits>[] = [];
  for (const address of [0, 1 << 13, 1 << 21]) {
    for (let flags = 0; flags < 128; flags++) {
      const value = LARGE_BASE + address + spread(flags);
      entries.push({
        value,
        bits: { ...common(value), ps: (value >> 7) & 1, bit13: (value >> 13) & 1, bit21: (value >> 21) & 1 },
      });
    }
  }
  return entries;
}

/** Every P, R/W, U/S, A, D, PAT and G, each with a frame of its own. */
function ptes(): Entry<EntryBits>[] {
  return Array.from({ length: 128 }, (_, flags) => {
    const value = FIRST_PAGE + flags * 0x1000 + spread(flags);
    return { value, bits: common(value) };
  });
}

/** Seven bits to the places of P, R/W, U/S, A, D, bit 7 and G. */
function spread(flags: number): number {
  return (flags & 7) | ((flags & 0x78) << 2);
}

function common(value: number): EntryBits {
  return { p: value & 1, rw: (value >> 1) & 1, us: (value >> 2) & 1, g: (value >> 8) & 1 };
}

/** Every CR0.WP, CR4.PSE and CR4.PGE that can be written on each CPU. */
function states(): State[] {
  const found: State[] = [];
  for (const cpu of Object.keys(CPUS) as Cpu[]) {
    for (const wp of [false, true]) {
      for (const pse of CPUS[cpu].pse ? [false, true] : [false]) {
        for (const pge of CPUS[cpu].pge ? [false, true] : [false]) found.push({ cpu, wp, pse, pge });
      }
    }
  }
  return found;
}

export function makeTable(): TruthTable {
  const directory = pdes();
  const table = ptes();
  const outcomes = new Map<string, { letter: string; outcome: ExpectedOutcome }>();
  const rows = new Map<string, number>();
  const cases: TruthTableCase[] = [];

  const letterOf = (outcome: ExpectedOutcome): string => {
    const key = JSON.stringify(outcome);
    const known = outcomes.get(key) ?? { letter: LETTERS[outcomes.size]!, outcome };
    outcomes.set(key, known);
    return known.letter;
  };
  const rowOf = (row: string): number => {
    const known = rows.get(row) ?? rows.size;
    rows.set(row, known);
    return known;
  };

  for (const state of states()) {
    for (const [rings, mode] of [
      [[0, 1, 2], 'supervisor'],
      [[3], 'user'],
    ] as const) {
      for (const access of ACCESSES) {
        // A and D of the directory entry make no difference, so that four of its values share a row.
        const known = new Map<string, number>();
        const rowOfPde = directory.map((pde) => {
          const key = JSON.stringify(pde.bits);
          const row =
            known.get(key) ??
            rowOf(table.map((pte) => letterOf(outcomeOf(state, mode, access, pde.bits, pte.bits))).join(''));
          known.set(key, row);
          return row;
        });
        cases.push({ ...registers(state), rings, access, rowOfPde });
      }
    }
  }
  return {
    version: 1,
    cr3: hex(CR3),
    pdes: directory.map(({ value }) => hex(value)),
    ptes: table.map(({ value }) => hex(value)),
    outcomes: Object.fromEntries([...outcomes.values()].map(({ letter, outcome }) => [letter, outcome])),
    rows: [...rows.keys()],
    cases,
  };
}

function registers({ cpu, wp, pse, pge }: State): Pick<TruthTableCase, 'cpu' | 'cr0' | 'cr4'> {
  return {
    cpu,
    cr0: hex(0x8000_0001 + (wp ? 0x1_0000 : 0)),
    cr4: CPUS[cpu].cr4 ? hex((pse ? 0x10 : 0) | (pge ? 0x80 : 0)) : null,
  };
}

/** The file: one line for each list, so that a change shows as what it is. */
export function fileText(table: TruthTable): string {
  const { version, cr3, pdes, ptes, outcomes, rows, cases } = table;
  const lines = (list: readonly unknown[]) => list.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  const letters = Object.entries(outcomes).map(([letter, one]) => `    "${letter}": ${JSON.stringify(one)}`);
  return `{
  "$schema": "./schema.json",
  "version": ${version},
  "cr3": "${cr3}",
  "pdes": ${JSON.stringify(pdes)},
  "ptes": ${JSON.stringify(ptes)},
  "outcomes": {
${letters.join(',\n')}
  },
  "rows": [
${lines(rows)}
  ],
  "cases": [
${lines(cases)}
  ]
}
`;
}

function hex(value: number): Hex {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
