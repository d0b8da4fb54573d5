import { beforeAll, describe, expect, it } from 'vitest';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import { guestMemory } from './vectors/guest.ts';
import {
  type Outputs,
  replay4K,
  replay4M,
  replayCrossing,
  replayLong,
  replayPae,
  replayPdpte,
} from './vectors/replay.ts';
import { type Row, readTable } from './vectors/rows.ts';
import { replayScript } from './vectors/script.ts';

/**
 * Every access that QEMU and Bochs were seen to do (vectors/README.md), done by our MMU. No row is left out.
 * Where the two emulators disagree, the architecture manual decides: the `sdm` column of disputed.csv names the
 * winner, `either` where the manual leaves it open.
 */

type Replay = (memory: PhysicalMemory, row: Row) => Outputs;

const REPLAYS: Readonly<Record<string, Replay>> = {
  'i386-4k': replay4K,
  'i386-4m': replay4M,
  'i386-4m-pse36': replay4M,
  crossing: replayCrossing,
  pae: replayPae,
  'pae-pdpte': replayPdpte,
  long4: replayLong,
  tlb: replayScript,
};

/** The columns that are observed rather than given. */
const OUTPUTS = /_out$|^(vec|err|cr2|results|.*_vec|.*_err|.*_cr2)$/;
const DO_NOT_CARE = '?';
/**
 * Scripts that ask what a stale entry does (kind `impl`: old and new are both legal) and where our answer is the
 * legal one that the emulators did not give.
 */
const LEGAL_TOO: Readonly<Record<string, string>> = {
  // Clearing CR0.WP invalidates nothing by the manual (SDM 3A §4.10.4.1); both emulators empty their TLB there.
  'g-wp-toggle': 'ok v=305124 ok v=305124',
};
/** How many mismatches a failing test prints. */
const SHOWN = 5;

let memory: PhysicalMemory;

beforeAll(() => {
  memory = guestMemory();
});

describe('observed on QEMU and Bochs alike', () => {
  for (const [file, replay] of Object.entries(REPLAYS)) {
    const { columns, rows } = readTable(file);
    const observed = columns.filter((column) => OUTPUTS.test(column));

    it(`${file}: all ${rows.length.toLocaleString('en')} rows`, () => {
      const wrong: string[] = [];
      for (const row of rows) {
        const ours = replay(memory, row);
        const differ = observed.filter(
          (column) => row[column] !== DO_NOT_CARE && row[column] !== ours[column] && !isLegalToo(row, ours),
        );
        for (const column of differ) wrong.push(`${line(columns, row)}: ${column} is ${ours[column]} here`);
        if (ours['explain']) wrong.push(`${line(columns, row)}: ${ours['explain']}`);
      }
      expect(rows.length).toBeGreaterThan(0);
      expect(wrong.length, wrong.slice(0, SHOWN).join('\n')).toBe(0);
    });
  }
});

describe('observed on QEMU and Bochs with a difference: the manual decides', () => {
  const disputed = readTable('disputed').rows;
  const known = new Set(Object.keys(REPLAYS));

  it('has a replay and a winner for every row', () => {
    expect(disputed.filter((row) => !known.has(row['file']!) || winner(row) === undefined)).toEqual([]);
  });

  for (const [file, replay] of Object.entries(REPLAYS)) {
    const rows = disputed.filter((row) => row['file'] === file);
    if (rows.length === 0) continue;
    const decided = rows.filter((row) => winner(row) === 'bochs').length;
    const { columns } = readTable(file);
    const inputs = columns.filter((column) => !OUTPUTS.test(column) && column !== 'kind');
    if (file === 'crossing') inputs.unshift('kind');

    it(`${file}: all ${rows.length.toLocaleString('en')} rows, of which the manual decides ${decided.toLocaleString('en')}`, () => {
      const wrong: string[] = [];
      for (const row of rows) {
        const key = row['key']!.split(' ');
        const ours = replay(memory, Object.fromEntries(inputs.map((column, i) => [column, key[i]!])));
        const allowed = winner(row) === 'bochs' ? [row['bochs']] : [row['bochs'], row['qemu']];
        const value = ours[row['field']!]!;
        if (!allowed.map(plain).includes(value)) {
          wrong.push(
            `${row['key']}: ${row['field']} is ${value} here; ${row['sdm']}: ${allowed.join(' or ')}`,
          );
        }
      }
      expect(wrong.length, wrong.slice(0, SHOWN).join('\n')).toBe(0);
    });
  }
});

function isLegalToo(row: Row, ours: Outputs): boolean {
  return row['kind'] === 'impl' && LEGAL_TOO[row['id']!] === ours['results'];
}

function line(columns: readonly string[], row: Row): string {
  return columns.map((column) => row[column]).join(',');
}

/**
 * Who is right by the manual. `env`: neither, the difference is what the machine has at an address without RAM;
 * zeros and ones are both seen there.
 */
function winner(row: Row): 'bochs' | 'either' | 'env' | undefined {
  const verdict = row['sdm']!;
  if (verdict.startsWith('environment:')) return 'env';
  if (verdict.endsWith(': bochs') || verdict.includes(': bochs (QEMU')) return 'bochs';
  if (verdict.includes('either')) return 'either';
  return undefined;
}

/** The disputed file writes "no exception" as -1. */
function plain(value: string | undefined): string | undefined {
  return value === '-1' ? 'none' : value;
}
