/** The binary stream between runner and ROM: operations one way, reports the other. Format: README.md. */

import { ARENA, ARENA_SIZE, OPERATIONS, PRISTINE, SHADOW, STREAM } from './layout.ts';

/** What an access does. The number is the ROM's. */
export const INSTRUCTIONS = {
  read: 0,
  write: 1,
  fetch: 2,
  add: 3,
  xchg: 4,
  /** Loads FS from a descriptor at the address: an implicit supervisor read. */
  descriptor: 5,
  /** Reads through SS. */
  'stack-read': 6,
  'stack-write': 7,
} as const;
export type Instruction = keyof typeof INSTRUCTIONS;

/** A register that the stream can load. */
export type Register = 'cr0' | 'cr3' | 'cr4' | 'efer' | 'pkru' | 'pkrs';

/** One step of a case. Linear addresses and values are unsigned bigints. */
export type Operation =
  | { readonly op: 'poke'; readonly physical: number; readonly value: bigint; readonly bytes: 4 | 8 }
  | {
      readonly op: 'access';
      readonly instruction: Instruction;
      readonly bytes: 1 | 2 | 4 | 8;
      readonly cpl: 0 | 1 | 2 | 3;
      readonly ac: boolean;
      readonly linear: bigint;
      readonly value: bigint;
    }
  | { readonly op: 'invlpg'; readonly linear: bigint }
  | { readonly op: 'set'; readonly register: Register; readonly value: bigint }
  | { readonly op: 'invpcid'; readonly type: number; readonly pcid: bigint; readonly linear: bigint }
  | { readonly op: 'check' };

export interface Case {
  /** Its number within its boot: the same seed and number give the same case. */
  readonly index: number;
  readonly operations: readonly Operation[];
}

/** What came of one operation. `check` lists all arena dwords that changed since the last one. */
export type Outcome =
  | {
      readonly kind: 'result';
      /** Exception vector, or {@link NO_FAULT}. */
      readonly vector: number;
      readonly errorCode: number;
      readonly cr2: bigint;
      readonly accumulator: bigint;
      readonly returnAddress: bigint;
    }
  | { readonly kind: 'changes'; readonly dwords: ReadonlyMap<number, number> };

/** The INT 80h that ends an access which did not fault. */
export const NO_FAULT = 0x80;

const CODES = { end: 0, case: 1, poke: 2, access: 3, invlpg: 4, invpcid: 11, check: 12 } as const;
const REGISTER_CODES: Readonly<Record<Register, number>> = {
  cr0: 5,
  cr3: 6,
  cr4: 7,
  efer: 8,
  pkru: 9,
  pkrs: 10,
};
const OPERATION_SIZE = 24;

/** What the ROM needs to know of a boot besides its cases. */
export interface BootSettings {
  /** Physical address of the root the ROM itself runs on; 0 where it runs without paging. */
  readonly cr3: number;
  /** CR4 at the start of every case. */
  readonly cr4: number;
  readonly hasNx: boolean;
}

/** Packs a boot's cases; `image` is the memory from {@link STREAM} on with the ROM's tables and the arena. */
export function packStream(settings: BootSettings, image: Uint8Array, cases: readonly Case[]): Uint8Array {
  const count = cases.reduce((sum, one) => sum + 1 + one.operations.length, 1);
  const bytes = new Uint8Array(OPERATIONS - STREAM + count * OPERATION_SIZE);
  bytes.set(image);
  const view = new DataView(bytes.buffer);
  const header = [
    0x50363858,
    settings.cr3,
    settings.cr4,
    ARENA,
    ARENA_SIZE / 4,
    PRISTINE,
    SHADOW,
    OPERATIONS,
    settings.hasNx ? 1 : 0,
    bytes.length,
  ];
  for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true);
  let at = OPERATIONS - STREAM;
  const put = (code: number, kind: number, cpl: number, ac: number, address: bigint, value: bigint): void => {
    bytes.set([code, kind, cpl, ac], at);
    view.setBigUint64(at + 8, address, true);
    view.setBigUint64(at + 16, value, true);
    at += OPERATION_SIZE;
  };
  for (const { index, operations } of cases) {
    put(CODES.case, 0, 0, 0, 0n, BigInt(index));
    for (const operation of operations) {
      switch (operation.op) {
        case 'poke':
          put(CODES.poke, operation.bytes, 0, 0, BigInt(operation.physical), operation.value);
          break;
        case 'access': {
          const sized = operation.instruction !== 'fetch' && operation.instruction !== 'descriptor';
          const kind = INSTRUCTIONS[operation.instruction] * 4 + (sized ? Math.log2(operation.bytes) : 0);
          put(CODES.access, kind, operation.cpl, operation.ac ? 1 : 0, operation.linear, operation.value);
          break;
        }
        case 'invlpg':
          put(CODES.invlpg, 0, 0, 0, operation.linear, 0n);
          break;
        case 'set':
          put(REGISTER_CODES[operation.register], 0, 0, 0, 0n, operation.value);
          break;
        case 'invpcid':
          put(CODES.invpcid, operation.type, 0, 0, operation.linear, operation.pcid);
          break;
        case 'check':
          put(CODES.check, 0, 0, 0, 0n, 0n);
          break;
      }
    }
  }
  put(CODES.end, 0, 0, 0, 0n, 0n);
  return bytes;
}

/** What CPUID answered in the emulator. */
export interface CpuIdentity {
  readonly leaf1: { readonly ecx: number; readonly edx: number };
  readonly leaf7: { readonly ebx: number; readonly ecx: number };
  /** 0 where CPUID does not say. */
  readonly physicalAddressBits: number;
  readonly extended: number;
}

export interface BootReport {
  readonly cpu: CpuIdentity;
  /** Outcomes by case number, one for each operation except pokes. */
  readonly cases: ReadonlyMap<number, readonly Outcome[]>;
  /** False where the machine stopped before the end of its stream. */
  readonly complete: boolean;
  /** Why it stopped early, in words. */
  readonly stopped?: string;
}

/** Magic word at the start of the reports. Whatever an emulator prints before it is skipped. */
const MAGIC = 'X86P';
const END = 'E'.charCodeAt(0);

/** Reads what a ROM sent. */
export function unpackReports(output: Uint8Array): BootReport {
  const start = indexOf(output, MAGIC);
  if (start < 0) {
    const reason = indexOf(output, 'LE') >= 0 ? 'the CPU has no CR4.LA57' : 'the ROM did not report';
    throw new Error(`${reason}; the emulator printed ${JSON.stringify(text(output).slice(0, 400))}`);
  }
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  const cpu: CpuIdentity = {
    leaf1: { ecx: view.getUint32(start + 8, true), edx: view.getUint32(start + 12, true) },
    leaf7: { ebx: view.getUint32(start + 16, true), ecx: view.getUint32(start + 20, true) },
    physicalAddressBits: view.getUint32(start + 24, true) & 0xff,
    extended: view.getUint32(start + 28, true),
  };
  const cases = new Map<number, Outcome[]>();
  let current: Outcome[] = [];
  let last = -1;
  let at = start + 32;
  const after = (what: string): BootReport => ({
    cpu,
    cases,
    complete: false,
    stopped: last < 0 ? what : `${what} in case ${last}`,
  });
  while (at < output.length) {
    const tag = String.fromCharCode(output[at]!);
    if (output[at] === END) return { cpu, cases, complete: true };
    if (tag === 'C' && at + 8 <= output.length) {
      current = [];
      last = view.getUint32(at + 4, true);
      cases.set(last, current);
      at += 8;
    } else if (tag === 'R' && at + 32 <= output.length) {
      current.push({
        kind: 'result',
        vector: output[at + 1]!,
        errorCode: view.getUint32(at + 4, true),
        cr2: view.getBigUint64(at + 8, true),
        accumulator: view.getBigUint64(at + 16, true),
        returnAddress: view.getBigUint64(at + 24, true),
      });
      at += 32;
    } else if (tag === 'D' && at + 8 <= output.length) {
      const dwords = new Map<number, number>();
      const count = view.getUint32(at + 4, true);
      at += 8;
      for (let i = 0; i < count && at + 8 <= output.length; i++, at += 8) {
        dwords.set(view.getUint32(at, true), view.getUint32(at + 4, true));
      }
      current.push({ kind: 'changes', dwords });
    } else if (tag === '!' && at + 32 <= output.length) {
      const address = view.getBigUint64(at + 24, true).toString(16);
      const cr2 = view.getBigUint64(at + 8, true).toString(16);
      return after(`the ROM itself raised vector ${output[at + 1]} at ${address}, CR2 ${cr2}`);
    } else {
      return after('an unreadable report');
    }
  }
  return after('the reports broke off');
}

function indexOf(bytes: Uint8Array, word: string): number {
  for (let i = 0; i + word.length <= bytes.length; i++) {
    if ([...word].every((c, j) => bytes[i + j] === c.charCodeAt(0))) return i;
  }
  return -1;
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.slice(0, 1000)).replace(/[^\x20-\x7e\n]/g, '.');
}
