/** Replays one row of a file: builds the tables it describes, does its access, and names every output column. */

import type { PhysicalMemory } from '../../../src/memory/index.ts';
import {
  CPU_MODELS,
  type CpuFeatures,
  GeneralProtectionError,
  Mmu,
  type MmuOptions,
  type WalkReport,
} from '../../../src/mmu/index.ts';
import { accessOf, hex, type Operands, type Outcome, perform, restoreAround } from './guest.ts';
import type { Row } from './rows.ts';

/** Both emulators gave their Pentium III 40 address bits, whatever the real one had. */
export const PENTIUM_III_40: CpuFeatures = {
  ...CPU_MODELS['pentium-iii'],
  name: 'pentium-iii, 40 bits',
  physicalAddressBits: 40,
};

/** The output columns as this project has them, under the names of the file. */
export type Outputs = Record<string, string>;

const OPERANDS: Operands = { read: 0xdead_beef, write: 0xcafe_f00d, add: 0x1111_1111 };
const CROSSING_OPERANDS: Operands = { read: 0xeeee_eeee, write: 0xa1b2_c3d4, add: 0x0101_0101 };

const PE_PG = 0x8000_0001;
const WP = 0x1_0000;
const PAE = 0x20;
const PGE = 0x80;
const NXE = 0x800;
const LME = 0x100;

function number(row: Row, column: string): number {
  return Number.parseInt(row[column]!, 16);
}

function big(row: Row, column: string): bigint {
  return BigInt(`0x${row[column]}`);
}

function store64(memory: PhysicalMemory, physical: number, value: bigint): void {
  memory.writeUint32(physical, Number(value & 0xffff_ffffn));
  memory.writeUint32(physical + 4, Number(value >> 32n));
}

function load64(memory: PhysicalMemory, physical: number): string {
  return hex((BigInt(memory.readUint32(physical + 4)) << 32n) | BigInt(memory.readUint32(physical)));
}

/** One MMU for each set of registers: to make one for every row would cost more than the rows. */
const machines = new Map<string, Mmu>();

/** An MMU with these registers and nothing cached: as the program did it, CR4.PGE is toggled and CR3 loaded. */
function machine(
  memory: PhysicalMemory,
  options: Required<Omit<MmuOptions, 'tlb' | 'pdptes' | 'structureCaches'>>,
): Mmu {
  const key = JSON.stringify(options);
  let mmu = machines.get(key);
  if (mmu?.memory !== memory) {
    mmu = new Mmu(memory, options);
    machines.set(key, mmu);
  }
  mmu.cr4 = options.cr4 ^ PGE;
  mmu.cr4 = options.cr4;
  mmu.cr3 = options.cr3;
  return mmu;
}

function cr0(row: Row): number {
  return PE_PG + (row['wp'] === '1' ? WP : 0);
}

/** `explain` is pure, so it is asked before the access; it must foretell what the access then does. */
function contradiction(report: WalkReport, outcome: Outcome): string {
  const fault = report.ok ? undefined : report.fault;
  const foretold = fault === undefined ? 'none 0' : `${hex(fault.vector)} ${hex(fault.code)}`;
  const happened = `${outcome.vec} ${outcome.err}`;
  if (foretold !== happened) return `explain says ${foretold}, the access ${happened}`;
  if (fault?.vector === 14 && hex(fault.cr2) !== outcome.cr2) return `explain says CR2 ${hex(fault.cr2)}`;
  return '';
}

function outputs(outcome: Outcome, explained: string): Outputs {
  const { vec, err, cr2, reg } = outcome;
  return { vec, err, cr2, reg_out: reg, explain: explained };
}

const DIRECTORY = 0x20_1000;
const PDE_100 = 0x20_1400;

/** i386-4k: the page table is at its place whatever the PDE says. */
export function replay4K(memory: PhysicalMemory, row: Row): Outputs {
  return replay32(memory, row, 0x20_2014);
}

/** i386-4m and i386-4m-pse36: where CR4.PSE is clear, the would-be large page holds the page table. */
export function replay4M(memory: PhysicalMemory, row: Row): Outputs {
  return replay32(memory, row, (number(row, 'pde_in') & 0xff_f000) + 0x14);
}

function replay32(memory: PhysicalMemory, row: Row, pteAddress: number): Outputs {
  const large = row['pte_in'] === '-';
  const pde = number(row, 'pde_in');
  const linear = number(row, 'laddr');
  memory.writeUint32(PDE_100, pde);
  if (!large) memory.writeUint32(pteAddress, number(row, 'pte_in'));

  const mmu = machine(memory, {
    cpu: PENTIUM_III_40,
    cr0: cr0(row),
    cr3: DIRECTORY,
    cr4: number(row, 'cr4'),
    efer: 0,
  });
  const cpl = number(row, 'cpl');
  const report = mmu.explain(linear, accessOf(row['acc']!, cpl));
  const outcome = perform(mmu, row['acc']!, cpl, linear, OPERANDS);
  const data = large ? ((pde & 0xffc0_0000) >>> 0) + (linear & 0x3f_ffff) : 0x30_5000 + (linear & 0xfff);
  const result = {
    ...outputs(outcome, contradiction(report, outcome)),
    pde_out: hex(memory.readUint32(PDE_100)),
    pte_out: large ? '-' : hex(memory.readUint32(pteAddress)),
    mem_out: hex(memory.readUint32(data)),
  };
  restoreAround(memory, data);
  if (!large) restoreAround(memory, pteAddress);
  return result;
}

/** crossing: two pages, the access lies across their border. */
export function replayCrossing(memory: PhysicalMemory, row: Row): Outputs {
  const kind = row['kind']!;
  const [first, second] = [number(row, 'ent1_in'), number(row, 'ent2_in')];
  let entry1 = PDE_100;
  let entry2 = PDE_100 + 4;
  let data1 = 0x30_5ffc;
  let data2 = 0x30_7000;
  memory.writeUint32(0x20_2ffc, 0x30_5007);
  memory.writeUint32(0x20_5000, 0x30_7007);
  if (kind === 'pte') {
    memory.writeUint32(PDE_100, 0x20_2027);
    entry1 = 0x20_2014;
    entry2 = 0x20_2018;
  } else if (kind === 'wrap') {
    memory.writeUint32(DIRECTORY, 0x21_0067);
    memory.writeUint32(0x20_1ffc, 0x20_4007);
    entry1 = 0x20_4ffc;
    entry2 = 0x21_0000;
  }
  if (kind === '4k4m') data2 = 0xc0_0000;
  if (kind === '4m4k') data1 = 0xff_fffc;
  memory.writeUint32(entry1, first);
  memory.writeUint32(entry2, second);

  const mmu = machine(memory, {
    cpu: PENTIUM_III_40,
    cr0: cr0(row),
    cr3: DIRECTORY,
    cr4: number(row, 'cr4'),
    efer: 0,
  });
  const linear = number(row, 'laddr');
  const cpl = number(row, 'cpl');
  const op = row['op']!;
  const access = accessOf(op[0]!, cpl);
  const pages = [linear, (linear & 0xffff_f000) + 0x1000].map((page) => mmu.explain(page % 2 ** 32, access));
  const outcome = perform(mmu, op[0]!, cpl, linear, CROSSING_OPERANDS, op[1] === '2' ? 2 : 4);
  const decisive = pages.find((report) => !report.ok) ?? pages[0]!;
  const result = {
    ...outputs(outcome, contradiction(decisive, outcome)),
    ent1_out: hex(memory.readUint32(entry1)),
    ent2_out: hex(memory.readUint32(entry2)),
    mem1_out: hex(memory.readUint32(data1)),
    mem2_out: hex(memory.readUint32(data2)),
  };
  restoreAround(memory, data1);
  restoreAround(memory, data2);
  return result;
}

const PAE_POINTERS = 0x20_8000;
const PDPTE_1 = PAE_POINTERS + 8;
const PAE_PDE = 0x20_a000;
const PAE_PTE = 0x20_d028;

/** pae */
export function replayPae(memory: PhysicalMemory, row: Row): Outputs {
  const large = row['pte_in'] === '-';
  store64(memory, PDPTE_1, big(row, 'pdpte_in'));
  store64(memory, PAE_PDE, big(row, 'pde_in'));
  if (!large) store64(memory, PAE_PTE, big(row, 'pte_in'));

  const efer = row['nxe'] === '1' ? NXE : 0;
  const mmu = machine(memory, { cpu: 'core2', cr0: cr0(row), cr3: PAE_POINTERS, cr4: PAE, efer });
  const linear = number(row, 'laddr');
  const cpl = number(row, 'cpl');
  const report = mmu.explain(linear, accessOf(row['acc']!, cpl));
  const outcome = perform(mmu, row['acc']!, cpl, linear, OPERANDS);
  const data = (large ? 0xc0_5000 : 0x30_5000) + (linear & 0xfff);
  const result = {
    ...outputs(outcome, contradiction(report, outcome)),
    pdpte_out: load64(memory, PDPTE_1),
    pde_out: load64(memory, PAE_PDE),
    pte_out: large ? '-' : load64(memory, PAE_PTE),
    mem_out: hex(memory.readUint32(data)),
  };
  restoreAround(memory, data);
  return result;
}

/** pae-pdpte: MOV CR3 with one extra bit in PDPTE 1, then a user read with what is in force. */
export function replayPdpte(memory: PhysicalMemory, row: Row): Outputs {
  store64(memory, PDPTE_1, 0x20_a001n);
  store64(memory, PAE_PDE, 0x20_d007n);
  store64(memory, PAE_PTE, 0x30_5007n);
  const mmu = machine(memory, { cpu: 'core2', cr0: PE_PG + WP, cr3: PAE_POINTERS, cr4: PAE, efer: NXE });
  store64(memory, PDPTE_1, big(row, 'pdpte_in'));
  let vec = 'none';
  try {
    mmu.cr3 = PAE_POINTERS;
  } catch (error) {
    if (!(error instanceof GeneralProtectionError)) throw error;
    vec = 'd';
  }
  const report = mmu.explain(0x4000_5124, accessOf('r', 3));
  const read = perform(mmu, 'r', 3, 0x4000_5124, OPERANDS);
  return {
    movcr3_vec: vec,
    movcr3_err: '0',
    movcr3_cr2: '0',
    read_vec: read.vec,
    read_err: read.err,
    read_cr2: read.cr2,
    pdpte_out: load64(memory, PDPTE_1),
    explain: contradiction(report, read),
  };
}

const LONG_ENTRIES = { pml4e: 0x50_07f0, pdpte: 0x51_0810, pde: 0x51_1018, pte: 0x51_2028 } as const;

/** long4 */
export function replayLong(memory: PhysicalMemory, row: Row): Outputs {
  const levels = Object.entries(LONG_ENTRIES).filter(([level]) => row[`${level}_in`] !== '-');
  for (const [level, address] of levels) store64(memory, address, big(row, `${level}_in`));

  const efer = LME | (row['nxe'] === '1' ? NXE : 0);
  const mmu = machine(memory, {
    cpu: 'broadwell',
    cr0: cr0(row),
    cr3: 0x50_0000,
    cr4: number(row, 'cr4'),
    efer,
  });
  mmu.alignmentCheck = row['ac'] === '1';
  const linear = big(row, 'laddr');
  const cpl = number(row, 'cpl');
  const report = mmu.explain(linear, accessOf(row['acc']!, cpl));
  const outcome = perform(mmu, row['acc']!, cpl, linear, OPERANDS);

  const leaf = levels.at(-1)![0];
  const data =
    leaf === 'pte'
      ? 0x30_5000 + Number(linear & 0xfffn)
      : leaf === 'pde'
        ? 0xc0_0000 + Number(linear & 0x1f_ffffn)
        : Number(linear & 0x3fff_ffffn);
  const result: Outputs = {
    ...outputs(outcome, contradiction(report, outcome)),
    pml4e_out: '-',
    pdpte_out: '-',
    pde_out: '-',
    pte_out: '-',
    mem_out: hex(memory.readUint32(data)),
  };
  for (const [level, address] of levels) result[`${level}_out`] = load64(memory, address);
  restoreAround(memory, data);
  return result;
}
