import { READ, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { PTE_A, PTE_D } from '../arch/entry.ts';
import { FAULT } from '../mmu/index.ts';
import { physicalOf, running, type Scene, scene, type Template, type Words } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);
const CLEAN = { writable: true, user: true };

/** What the MMU does with an access after something was done to it. */
function after(one: Scene, words: Words, deed: (mmu: ReturnType<typeof running>) => void): string {
  const mmu = running(one);
  deed(mmu);
  return mmu.translate(one.linear, READ) === FAULT ? words.fault : words.goesThrough;
}

/** A and D of the entry after an access, as the CPU leaves them. */
function bitsAfter(one: Scene, access: typeof READ | typeof WRITE): string {
  const mmu = running(one);
  mmu.translate(one.linear, access);
  const entry = mmu.memory.readUint32(one.pteAddress);
  return `A = ${(entry & PTE_A) === 0 ? 0 : 1}, D = ${(entry & PTE_D) === 0 ? 0 : 1}`;
}

/** Questions about the TLB, the bits that the CPU writes, and what tables cost and share. */
export const MEMORY_QUESTIONS: readonly Template[] = [
  {
    id: 'bits-after-read',
    make(random, words) {
      const one = scene(random, { pte: CLEAN });
      return {
        scene: one,
        prompt: words.bitsAfterRead(hex(one.linear), hex(one.pteAddress)),
        right: bitsAfter(one, READ),
        wrong: [
          ['dirty-by-reading', 'A = 1, D = 1'],
          ['software-sets-bits', 'A = 0, D = 0'],
          ['error-bit-mixed-up', 'A = 0, D = 1'],
        ],
      };
    },
  },
  {
    id: 'bits-after-write',
    make(random, words) {
      const one = scene(random, { pte: CLEAN });
      return {
        scene: one,
        prompt: words.bitsAfterWrite(hex(one.linear), hex(one.pteAddress)),
        right: bitsAfter(one, WRITE),
        wrong: [
          ['software-sets-bits', 'A = 0, D = 0'],
          ['error-bit-mixed-up', 'A = 0, D = 1'],
          ['tlb-sees-memory', words.writtenBack],
        ],
      };
    },
  },
  {
    id: 'stale-entry',
    make(random, words) {
      const one = scene(random);
      const right = after(one, words, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte & ~1);
      });
      return {
        scene: one,
        prompt: words.stale.ask(hex(one.linear), hex(one.pteAddress)),
        right: words.stale.may(right),
        wrong: [
          ['tlb-sees-memory', words.stale.follows],
          ['absent-is-zero', words.reads0],
          ['fault-is-fatal', words.stale.stops],
        ],
      };
    },
  },
  {
    id: 'new-entry',
    make(random, words) {
      const one = scene(random, { pte: { ...CLEAN, present: false } });
      const right = after(one, words, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte | 1);
      });
      return {
        scene: one,
        prompt: words.fresh.ask(hex(one.linear), hex(one.pteAddress)),
        right,
        wrong: [
          ['tlb-keeps-faults', words.fresh.invlpg],
          ['fault-is-fatal', words.fresh.nothing],
          ['absent-is-zero', words.fresh.empty],
        ],
      };
    },
  },
  {
    id: 'load-of-cr3',
    make(random, words) {
      const one = scene(random);
      const right = after(one, words, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte & ~1);
        mmu.cr3 = one.machine.cr3;
      });
      return {
        scene: one,
        prompt: words.load.ask(hex(one.linear), hex(one.pteAddress)),
        right,
        wrong: [
          ['flush-is-nothing', words.load.same],
          ['absent-is-zero', words.reads0],
          ['tlb-keeps-faults', words.load.only],
        ],
      };
    },
  },
  {
    id: 'two-programs',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.programs.ask(hex(one.linear)),
        right: words.programs.own,
        wrong: [
          ['one-map-for-all', words.programs.here(hex(physicalOf(one, one.linear)))],
          ['linear-is-physical', words.programs.to(hex(one.linear))],
          ['frame-has-one-page', words.programs.used],
        ],
      };
    },
  },
  {
    id: 'shared-frame',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.shared.ask(hex(one.pteAddress), hex(one.frame)),
        right: words.shared.both,
        wrong: [
          ['frame-has-one-page', words.shared.moves],
          ['frames-are-contiguous', words.shared.copied],
          ['entries-hold-linear', words.shared.old],
        ],
      };
    },
  },
  {
    id: 'cost-of-tables',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.cost.ask,
        right: words.cost.two,
        wrong: [
          ['tables-cost-nothing', words.cost.none],
          ['tables-are-flat', words.cost.flat],
          ['entry-is-one-byte', words.cost.bytes],
        ],
      };
    },
  },
  {
    id: 'demand-paging',
    make(random, words) {
      const one = scene(random, { pte: { ...CLEAN, present: false } });
      return {
        scene: one,
        prompt: words.demand.ask(hex(one.linear)),
        right: words.demand.kernel,
        wrong: [
          ['fault-is-fatal', words.demand.ended],
          ['absent-is-zero', words.demand.zero],
          ['software-sets-bits', words.demand.waits],
        ],
      };
    },
  },
];
