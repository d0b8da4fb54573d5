/** The bare-metal program that made the observations, as far as an MMU sees it. README.md describes it. */

import { PhysicalMemory } from '../../../src/memory/index.ts';
import {
  type Access,
  FAULT,
  FETCH,
  IMPLICIT_READ,
  type Mmu,
  READ,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  WRITE,
} from '../../../src/mmu/index.ts';

/** What an access did to the guest: `reg` is EAX (for a jump EIP) afterwards. */
export interface Outcome {
  readonly vec: string;
  readonly err: string;
  readonly cr2: string;
  readonly reg: string;
}

/** What EAX holds before each kind of access, and what the access adds. */
export interface Operands {
  readonly read: number;
  readonly write: number;
  readonly add: number;
}

const RAM_BYTES = 0x100_0000;
const DATA = [
  [0x30_0000, 0x30_8000],
  [0xc0_0000, RAM_BYTES],
] as const;
const INT_80 = 0x9090_80cd;
const DESCRIPTOR = [0x0000_ffff, 0x00cf_f300];

/** The dword that a data page holds at a physical address before the access. */
function initial(physical: number): number {
  switch (physical & 0xfff) {
    case 0x800:
      return INT_80;
    case 0x900:
      return DESCRIPTOR[0]!;
    case 0x904:
      return DESCRIPTOR[1]!;
    default:
      return physical;
  }
}

/** RAM of 16 MiB with the data pages filled. */
export function guestMemory(): PhysicalMemory {
  const memory = new PhysicalMemory(RAM_BYTES);
  for (const [start, end] of DATA) restore(memory, start, end);
  return memory;
}

function restore(memory: PhysicalMemory, start: number, end: number): void {
  for (let physical = start; physical < end; physical += 4) memory.writeUint32(physical, initial(physical));
}

/** Puts back the data around an address that an access may have written. */
export function restoreAround(memory: PhysicalMemory, physical: number): void {
  const start = (physical & ~3) - 4;
  for (const [low, high] of DATA) restore(memory, Math.max(start, low), Math.min(start + 12, high));
}

export function hex(value: number | bigint): string {
  return typeof value === 'bigint' || value >= 0 ? value.toString(16) : (value >>> 0).toString(16);
}

/** The access that the error code describes. CPL 1 and 2 are supervisor; loading a descriptor is, at any CPL. */
export function accessOf(kind: string, cpl: number): Access {
  const user = cpl === 3;
  switch (kind) {
    case 'r':
      return user ? USER_READ : READ;
    case 'w':
    case 'm':
    case 'g':
      return user ? USER_WRITE : WRITE;
    case 'x':
      return user ? USER_FETCH : FETCH;
    case 's':
      return IMPLICIT_READ;
    default:
      throw new Error(`no access kind '${kind}'`);
  }
}

const NO_FAULT = { vec: 'none', err: '0', cr2: '0' };

function faulted(mmu: Mmu, reg: number): Outcome {
  const cr2 = mmu.faultVector === 14 ? hex(mmu.cr2) : '0';
  return { vec: hex(mmu.faultVector), err: hex(mmu.faultCode), cr2, reg: hex(reg) };
}

/** Does one access of the program, of 4 bytes or (crossing only) 2. */
export function perform(
  mmu: Mmu,
  kind: string,
  cpl: number,
  linear: number | bigint,
  operands: Operands,
  bytes: 2 | 4 = 4,
): Outcome {
  const access = accessOf(kind, cpl);
  const read = () => (bytes === 4 ? mmu.readUint32(linear, access) : mmu.readUint16(linear, access));
  const write = (value: number) =>
    bytes === 4 ? mmu.writeUint32(linear, value, access) : mmu.writeUint16(linear, value, access);
  /** EAX after its low `bytes` were replaced. */
  const merged = (eax: number, value: number) => (bytes === 4 ? value : ((eax & 0xffff_0000) | value) >>> 0);

  switch (kind) {
    case 'r': {
      const value = read();
      return value === FAULT
        ? faulted(mmu, operands.read)
        : { ...NO_FAULT, reg: hex(merged(operands.read, value)) };
    }
    case 'w':
      return write(operands.write) === FAULT
        ? faulted(mmu, operands.write)
        : { ...NO_FAULT, reg: hex(operands.write) };
    case 'm': {
      // A read-modify-write reads with the rights of a write, so it faults before anything changes.
      const value = read();
      if (value === FAULT || write(value + operands.add) === FAULT) return faulted(mmu, operands.add);
      return { ...NO_FAULT, reg: hex(operands.add) };
    }
    case 'g': {
      const value = read();
      if (value === FAULT || write(operands.write) === FAULT) return faulted(mmu, operands.write);
      return { ...NO_FAULT, reg: hex(merged(operands.write, value)) };
    }
    case 'x': {
      const opcode = mmu.readUint16(linear, access);
      if (opcode === FAULT) return faulted(mmu, 0);
      const after = typeof linear === 'bigint' ? linear + 2n : linear + 2;
      return { ...NO_FAULT, reg: opcode === 0x80cd ? hex(after) : `opcode ${hex(opcode)}` };
    }
    case 's': {
      const low = mmu.readUint32(linear, access);
      if (low === FAULT) return faulted(mmu, 0);
      const high = mmu.readUint32(typeof linear === 'bigint' ? linear + 4n : linear + 4, access);
      if (high === FAULT) return faulted(mmu, 0);
      const loaded = low === DESCRIPTOR[0] && high === DESCRIPTOR[1];
      return { ...NO_FAULT, reg: loaded ? '0' : `descriptor ${hex(low)} ${hex(high)}` };
    }
    default:
      throw new Error(`no access kind '${kind}'`);
  }
}
