/** Runs cases on this project's Mmu, in the form in which the ROM reports them. */

import {
  type Access,
  FETCH,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  READ,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  WRITE,
} from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import {
  type CpuFeatures,
  FAULT,
  GeneralProtectionError,
  Mmu,
  type WalkReport,
} from '../../src/mmu/index.ts';
import {
  ARENA,
  ARENA_PAGES,
  ARENA_SIZE,
  CROSSING_FETCH_OFFSET,
  PRISTINE,
  RAM_SIZE,
  STREAM,
} from './layout.ts';
import type { BootSettings, Case, Operation, Outcome } from './stream.ts';
import { NO_FAULT } from './stream.ts';

type AccessOperation = Extract<Operation, { op: 'access' }>;

/** An outcome of ours, with what is known of how it came about. */
export interface OurOutcome {
  readonly outcome: Outcome;
  readonly operation: Operation;
  /** The walks of an access, as `explain` told them before it. */
  readonly walks: readonly WalkReport[];
}

export class OurMachine {
  readonly #settings: BootSettings;
  readonly #cpu: CpuFeatures;
  readonly #memory = new PhysicalMemory(RAM_SIZE);
  readonly #pristine: Uint8Array;
  readonly #arena: Uint32Array[] = [];
  readonly #shadow = new Uint32Array(ARENA_SIZE / 4);
  #mmu: Mmu;

  constructor(settings: BootSettings, image: Uint8Array, cpu: CpuFeatures) {
    this.#settings = settings;
    this.#cpu = cpu;
    this.#memory.write(STREAM, image);
    this.#pristine = image.slice(PRISTINE - STREAM, PRISTINE - STREAM + ARENA_SIZE);
    this.#memory.write(ARENA, this.#pristine);
    for (let page = 0; page < ARENA_PAGES; page++) {
      const bytes = this.#memory.frame(ARENA / 4096 + page);
      this.#arena.push(new Uint32Array(bytes.buffer, bytes.byteOffset, 1024));
    }
    this.#mmu = this.#reset();
  }

  run({ operations }: Case): OurOutcome[] {
    this.#mmu = this.#reset();
    const outcomes: OurOutcome[] = [];
    for (const operation of operations) {
      const walks = operation.op === 'access' ? this.#explain(operation) : [];
      const outcome = this.#run(operation);
      if (outcome !== undefined) outcomes.push({ outcome, operation, walks });
    }
    return outcomes;
  }

  /** Content of the arena at the start of every case. */
  pristine(physical: number): number {
    const at = physical - ARENA;
    return new DataView(this.#pristine.buffer, this.#pristine.byteOffset).getUint32(at, true);
  }

  #reset(): Mmu {
    this.#memory.write(ARENA, this.#pristine);
    const words = new Uint32Array(this.#pristine.buffer, this.#pristine.byteOffset, ARENA_SIZE / 4);
    this.#shadow.set(words);
    const { cr3, cr4 } = this.#settings;
    const paging = cr3 !== 0;
    return new Mmu(this.#memory, {
      cpu: this.#cpu,
      cr0: paging ? 0x8000_0011 : 0x11,
      cr3,
      cr4,
      efer: paging ? 0x100 : 0,
    });
  }

  #run(operation: Operation): Outcome | undefined {
    const mmu = this.#mmu;
    switch (operation.op) {
      case 'poke':
        for (let i = 0; i < operation.bytes; i += 4) {
          const word = Number((operation.value >> BigInt(8 * i)) & 0xffff_ffffn);
          this.#memory.writeUint32(operation.physical + i, word);
          this.#shadow[(operation.physical + i - ARENA) / 4] = word;
        }
        return undefined;
      case 'access':
        return this.#access(operation);
      case 'invlpg':
        mmu.invlpg(this.#linear(operation.linear));
        return result(NO_FAULT);
      case 'set':
        return orGeneralProtection(() => {
          if (operation.register === 'cr3') mmu.cr3 = operation.value;
          else if (operation.register === 'efer')
            mmu.efer = (mmu.efer & 0x7ff) | (Number(operation.value) & 0x800);
          else mmu[operation.register] = Number(operation.value);
        });
      case 'invpcid':
        return orGeneralProtection(() =>
          mmu.invpcid(operation.type, Number(operation.pcid), this.#linear(operation.linear)),
        );
      case 'check':
        return { kind: 'changes', dwords: this.#changes() };
    }
  }

  #access(operation: AccessOperation): Outcome {
    const mmu = this.#mmu;
    mmu.alignmentCheck = operation.ac;
    const outcome = this.#perform(operation);
    mmu.alignmentCheck = false;
    if (outcome !== undefined) return outcome;
    const stack = operation.instruction === 'stack-read' || operation.instruction === 'stack-write';
    const vector = mmu.faultVector === 13 && stack ? 12 : mmu.faultVector;
    return {
      kind: 'result',
      vector,
      errorCode: mmu.faultCode,
      cr2: BigInt(mmu.cr2),
      accumulator: operation.value,
      returnAddress: 0n,
    };
  }

  /** @returns undefined on a fault, which the Mmu has latched. */
  #perform(operation: AccessOperation): Outcome | undefined {
    const { instruction, bytes, value } = operation;
    const linear = this.#linear(operation.linear);
    const access = accessOf(operation);
    const all = (1n << BigInt(8 * bytes)) - 1n;
    // What the register holds after 1 or 2 bytes went into it; 4 bytes clear the upper half.
    const merged = (read: bigint): bigint => (bytes < 4 ? value & ~all : 0n) | read;
    switch (instruction) {
      case 'fetch': {
        const crossing = (operation.linear & 0xfffn) === BigInt(CROSSING_FETCH_OFFSET);
        if (this.#mmu.translate(linear, access) === FAULT) return undefined;
        if (crossing && this.#mmu.translate(plus(linear, 2), access) === FAULT) return undefined;
        const returnAddress = BigInt.asUintN(64, operation.linear + (crossing ? 6n : 2n));
        return result(NO_FAULT, value, returnAddress);
      }
      case 'read':
      case 'stack-read': {
        const read = this.#read(linear, bytes, access);
        return read === undefined ? undefined : result(NO_FAULT, merged(read));
      }
      case 'write':
      case 'stack-write':
        return this.#write(linear, bytes, value & all, access) ? result(NO_FAULT, value) : undefined;
      case 'add':
      case 'xchg': {
        const read = this.#read(linear, bytes, access);
        if (read === undefined) return undefined;
        const written = instruction === 'add' ? (read + value) & all : value & all;
        if (!this.#write(linear, bytes, written, access)) return undefined;
        return result(NO_FAULT, instruction === 'xchg' ? merged(read) : value);
      }
      case 'descriptor': {
        const descriptor = this.#read(linear, 8, IMPLICIT_READ);
        if (descriptor === undefined) return undefined;
        // Its accessed bit is bit 0 of byte 5, and is written only where it is clear.
        const type = (descriptor >> 40n) & 0xffn;
        const written = (type & 1n) !== 0n || this.#write(plus(linear, 5), 1, type | 1n, IMPLICIT_WRITE);
        if (!written) return undefined;
        return result(NO_FAULT, value);
      }
    }
  }

  #read(linear: number | bigint, bytes: number, access: Access): bigint | undefined {
    const mmu = this.#mmu;
    if (bytes === 8) {
      if (!this.#translateBoth(linear, bytes, access)) return undefined;
      const low = mmu.readUint32(linear, access);
      const high = mmu.readUint32(plus(linear, 4), access);
      return (BigInt(high) << 32n) | BigInt(low);
    }
    const read =
      bytes === 1
        ? mmu.readUint8(linear, access)
        : bytes === 2
          ? mmu.readUint16(linear, access)
          : mmu.readUint32(linear, access);
    return read === FAULT ? undefined : BigInt(read);
  }

  #write(linear: number | bigint, bytes: number, value: bigint, access: Access): boolean {
    const mmu = this.#mmu;
    const low = Number(value & 0xffff_ffffn);
    if (bytes === 8) {
      if (!this.#translateBoth(linear, bytes, access)) return false;
      mmu.writeUint32(linear, low, access);
      mmu.writeUint32(plus(linear, 4), Number(value >> 32n), access);
      return true;
    }
    if (bytes === 1) return mmu.writeUint8(linear, low, access) !== FAULT;
    if (bytes === 2) return mmu.writeUint16(linear, low, access) !== FAULT;
    return mmu.writeUint32(linear, low, access) !== FAULT;
  }

  /**
   * What the Mmu does for up to four bytes: an access that ends outside the canonical addresses is refused before
   * paging; else both pages must allow it before anything is read or written.
   */
  #translateBoth(linear: number | bigint, bytes: number, access: Access): boolean {
    const mmu = this.#mmu;
    const last = this.#lastPage(linear, bytes);
    if (last !== undefined) {
      const report = mmu.explain(last, access);
      const outside = !report.ok && report.fault.reason === 'not-canonical';
      if (outside && mmu.translate(last, access) === FAULT) return false;
    }
    if (mmu.translate(linear, access) === FAULT) return false;
    return last === undefined || mmu.translate(last, access) !== FAULT;
  }

  /** First byte of the second page of an access that crosses into one. */
  #lastPage(linear: number | bigint, bytes: number): number | bigint | undefined {
    const inPage = 4096 - Number(BigInt(linear) & 0xfffn);
    return inPage < bytes ? plus(linear, inPage) : undefined;
  }

  #explain(operation: AccessOperation): WalkReport[] {
    const bytes =
      operation.instruction === 'fetch' ? 4 : operation.instruction === 'descriptor' ? 8 : operation.bytes;
    const linear = this.#linear(operation.linear);
    const second = this.#lastPage(linear, bytes);
    this.#mmu.alignmentCheck = operation.ac;
    const accesses =
      operation.instruction === 'descriptor' ? [IMPLICIT_READ, IMPLICIT_WRITE] : [accessOf(operation)];
    const walks = accesses.flatMap((access) =>
      [linear, ...(second === undefined ? [] : [second])].map((address) =>
        this.#mmu.explain(address, access),
      ),
    );
    this.#mmu.alignmentCheck = false;
    return walks;
  }

  #changes(): Map<number, number> {
    const dwords = new Map<number, number>();
    for (let page = 0; page < ARENA_PAGES; page++) {
      const words = this.#arena[page]!;
      for (let i = 0; i < 1024; i++) {
        const at = page * 1024 + i;
        if (words[i] !== this.#shadow[at]) {
          this.#shadow[at] = words[i]!;
          dwords.set(ARENA + at * 4, words[i]!);
        }
      }
    }
    return dwords;
  }

  /** 32-bit addresses as numbers, which is the path they take in use; wide ones as they are. */
  #linear(linear: bigint): number | bigint {
    return this.#settings.cr3 === 0 ? Number(linear) : linear;
  }
}

function accessOf({ instruction, cpl }: AccessOperation): Access {
  const user = cpl === 3;
  switch (instruction) {
    case 'fetch':
      return user ? USER_FETCH : FETCH;
    case 'read':
    case 'stack-read':
      return user ? USER_READ : READ;
    default:
      return user ? USER_WRITE : WRITE;
  }
}

function plus(linear: number | bigint, bytes: number): number | bigint {
  return typeof linear === 'number'
    ? (linear + bytes) % 0x1_0000_0000
    : BigInt.asUintN(64, linear + BigInt(bytes));
}

function result(vector: number, accumulator = 0n, returnAddress = 0n): Outcome {
  return { kind: 'result', vector, errorCode: 0, cr2: 0n, accumulator, returnAddress };
}

function orGeneralProtection(change: () => void): Outcome {
  try {
    change();
    return result(NO_FAULT);
  } catch (error) {
    if (error instanceof GeneralProtectionError) return result(13);
    throw error;
  }
}
