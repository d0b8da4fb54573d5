/** Wrong solutions of the exercise in solution.ts, one for each classic mistake: what differs is the mistake. */

import type { Mmu } from 'x86-paging/mmu';
import type { Part } from './mark.ts';
import { Solution } from './solution.ts';

/** The index of an entry begins a bit too low. */
class IndexShifted extends Solution {
  protected override indexOf(linear: number, [shift, bits]: readonly [number, number]): number {
    return (linear >>> (shift - 1)) & (2 ** bits - 1);
  }
}

/** The CPU grants what all entries on the way allow, not what the last one does. */
class ParentsRightsForgotten extends Solution {
  protected override tableEntry(frame: number): bigint {
    return BigInt(frame * 4096) | 1n; // P alone
  }
}

/** Page tables are frames like others: whoever can write to one can map what he likes. */
class TableMappedWritable extends Solution {
  protected override isTable(): boolean {
    return false;
  }
}

/** Without CR4.PSE the CPU ignores the bit PS, and takes the page for a table. */
class PsWithoutPse extends Solution {
  override get registers(): Solution['registers'] {
    return { ...super.registers, cr4: super.registers.cr4 & ~0x10 };
  }
}

/** Without EFER.NXE bit 63 is reserved: no access succeeds. */
class NxWithoutNxe extends Solution {
  override get registers(): Solution['registers'] {
    return { ...super.registers, efer: 0 };
  }
}

/** The CPU keeps translations until it is told that they have changed. */
class MissingFlush extends Solution {
  protected override forget(_linear: number, _cpu: Mmu): void {}
}

/** A frame that is read-only here can be written there. */
class AliasForgotten extends Solution {
  protected override isReadOnlyElsewhere(): boolean {
    return false;
  }
}

export interface Mistake {
  readonly solution: typeof Solution;
  /** The part of the exercise that it spoils. */
  readonly part: Part;
}

export const MISTAKES = {
  'index shifted': { solution: IndexShifted, part: 'a' },
  'parent’s rights forgotten': { solution: ParentsRightsForgotten, part: 'a' },
  'table mapped writable': { solution: TableMappedWritable, part: 'b' },
  'PS without PSE': { solution: PsWithoutPse, part: 'a' },
  'NX without NXE': { solution: NxWithoutNxe, part: 'a' },
  'missing flush': { solution: MissingFlush, part: 'c' },
  'alias forgotten': { solution: AliasForgotten, part: 'b' },
} as const satisfies Record<string, Mistake>;
