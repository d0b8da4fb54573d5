/** Runs the scripts of tlb.csv: table edits, register writes, invalidations and accesses, in order. */

import type { PhysicalMemory } from '../../../src/memory/index.ts';
import { GeneralProtectionError, Mmu } from '../../../src/mmu/index.ts';
import { hex, type Operands, type Outcome, perform, restoreAround } from './guest.ts';
import { type Outputs, PENTIUM_III_40 } from './replay.ts';
import type { Row } from './rows.ts';

const OPERANDS: Operands = { read: 0xdead_beef, write: 0xcafe_f00d, add: 0x1111_1111 };
const CR0 = 0x8001_0011;
const PAE = 0x20;
const NXE = 0x800;

/** Tables that the scripts may edit; they start out as zeros. */
const TABLES = [
  0x20_1000, 0x20_2000, 0x20_3000, 0x20_5000, 0x20_6000, 0x20_8000, 0x20_a000, 0x20_b000, 0x20_d000,
];

export function replayScript(memory: PhysicalMemory, row: Row): Outputs {
  const pae = row['mode'] === 'pae';
  for (const table of TABLES) for (let i = 0; i < 0x1000; i += 4) memory.writeUint32(table + i, 0);
  identityMap(memory, 0x20_1000);
  identityMap(memory, 0x20_6000);
  if (pae) {
    memory.writeUint32(0x20_8000, 0x20_9001);
    memory.writeUint32(0x20_8008, 0x20_a001);
    memory.writeUint32(0x20_a000, 0x20_d007);
  } else {
    memory.writeUint32(0x20_1400, 0x20_2007);
  }
  const mmu = pae
    ? new Mmu(memory, { cpu: 'core2', cr0: CR0, cr3: 0x20_8000, cr4: PAE })
    : new Mmu(memory, { cpu: PENTIUM_III_40, cr0: CR0, cr3: 0x20_1000 });
  const results = row['script']!.split(';').flatMap((op) => step(mmu, op, pae));
  for (const page of [0x30_5000, 0x30_6000, 0x30_7000, 0xc0_5000]) restoreAround(memory, page + 0x124);
  restoreAround(memory, 0xc0_5128);
  restoreAround(memory, 0xff_c124);
  return { results: results.join(' ') };
}

/** The kernel's own mapping of the first 16 MiB, as the program had it. */
function identityMap(memory: PhysicalMemory, directory: number): void {
  for (let i = 0; i < 4; i++) {
    memory.writeUint32(directory + 4 * i, 0x21_0027 + 0x1000 * i);
    for (let j = 0; j < 1024; j++) {
      memory.writeUint32(0x21_0000 + 0x1000 * i + 4 * j, (i * 0x40_0000 + j * 0x1000) | 0x63);
    }
  }
}

/** One operation; what it reports. README.md has the language. */
function step(mmu: Mmu<PhysicalMemory>, op: string, pae: boolean): string[] {
  const { memory } = mmu;
  const [left = '', right = ''] = op.slice(1).replace(/^:/, '').split(':');
  const [first, second] = [Number.parseInt(left, 16), Number.parseInt(right, 16)];
  switch (op[0]) {
    case 'P': {
      const value = BigInt(`0x${right}`);
      memory.writeUint32(first, Number(value & 0xffff_ffffn));
      if (pae) memory.writeUint32(first + 4, Number(value >> 32n));
      return [];
    }
    case '?': {
      const high = pae ? BigInt(memory.readUint32(first + 4)) << 32n : 0n;
      return [`[${hex(high | BigInt(memory.readUint32(first)))}]`];
    }
    case 'I':
      mmu.invlpg(first);
      return [];
    case 'N':
      mmu.efer = first === 1 ? NXE : 0;
      return [];
    case '3':
      return [attempt(() => (mmu.cr3 = first))];
    case '4':
      return [attempt(() => (mmu.cr4 = first))];
    case '0':
      return [attempt(() => (mmu.cr0 = first))];
    default:
      return [access(op[0]!, perform(mmu, op[0]!, first, second, OPERANDS))];
  }
}

function attempt(write: () => void): string {
  try {
    write();
    return 'ok';
  } catch (error) {
    if (error instanceof GeneralProtectionError) return 'Xd:0';
    throw error;
  }
}

function access(kind: string, outcome: Outcome): string {
  if (outcome.vec === 'e') return `F${outcome.err}@${outcome.cr2}`;
  if (outcome.vec !== 'none') return `X${outcome.vec}:${outcome.err}`;
  return kind === 'r' ? `v=${outcome.reg}` : 'ok';
}
