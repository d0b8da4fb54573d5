import { formatAddress } from '../arch/address.ts';
import { directoryIndex, tableIndex } from '../arch/paging-modes.ts';
import { physicalOf, scene, type Template } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);

/** Questions about how a walk finds its way. */
export const WALK_QUESTIONS: readonly Template[] = [
  {
    id: 'physical-address',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.leads(hex(one.linear)),
        right: hex(physicalOf(one, one.linear)),
        wrong: [
          ['linear-is-physical', hex(one.linear)],
          ['offset-not-kept', hex(one.frame)],
          ['flags-are-address', hex(one.pte + (one.linear & 0xfff))],
        ],
      };
    },
  },
  {
    id: 'first-read',
    make(random, words) {
      const one = scene(random);
      const { cr3 } = one.machine;
      return {
        scene: one,
        prompt: words.readFirst(hex(one.linear)),
        right: hex(one.pdeAddress),
        wrong: [
          ['entry-is-one-byte', hex(cr3 + directoryIndex(one.linear))],
          ['indices-swapped', hex(cr3 + 4 * tableIndex(one.linear))],
          ['tables-are-searched', words.searched(hex(cr3))],
        ],
      };
    },
  },
  {
    id: 'second-read',
    make(random, words) {
      const one = scene(random);
      const table = (one.pde & ~0xfff) >>> 0;
      return {
        scene: one,
        prompt: words.readSecond(hex(one.linear)),
        right: hex(one.pteAddress),
        wrong: [
          ['flags-are-address', hex(one.pde + 4 * tableIndex(one.linear))],
          ['entry-is-one-byte', hex(table + tableIndex(one.linear))],
          ['indices-swapped', hex(table + 4 * directoryIndex(one.linear))],
        ],
      };
    },
  },
  {
    id: 'number-of-reads',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.reads.ask(hex(one.linear)),
        right: words.reads.twice,
        wrong: [
          ['linear-is-physical', words.reads.place],
          ['tables-are-searched', words.reads.search],
          ['tables-cost-nothing', words.reads.inside],
        ],
      };
    },
  },
  {
    id: 'next-page',
    make(random, words) {
      const one = scene(random, { next: true });
      const physical = physicalOf(one, one.linear);
      return {
        scene: one,
        prompt: words.nextPage(hex(one.linear), hex(physical), hex(one.linear + 4096)),
        right: hex(physicalOf(one, one.linear + 4096)),
        wrong: [
          ['frames-are-contiguous', hex(physical + 4096)],
          ['tables-are-searched', hex(physical)],
          ['offset-not-kept', hex(physicalOf(one, one.linear + 4096) & ~0xfff)],
        ],
      };
    },
  },
  {
    id: 'next-byte',
    make(random, words) {
      const one = scene(random);
      const physical = physicalOf(one, one.linear);
      return {
        scene: one,
        prompt: words.nextByte(hex(one.linear), hex(physical), hex(one.linear + 4)),
        right: hex(physicalOf(one, one.linear + 4)),
        wrong: [
          ['offset-not-kept', hex(one.frame)],
          ['entry-is-one-byte', hex(physical + 1)],
          ['linear-is-physical', hex(one.linear + 4)],
        ],
      };
    },
  },
  {
    id: 'what-cr3-holds',
    make(random, words) {
      const one = scene(random);
      return {
        scene: one,
        prompt: words.cr3.ask,
        right: words.cr3.physical,
        wrong: [
          ['entries-hold-linear', words.cr3.linear],
          ['one-map-for-all', words.cr3.same],
          ['tables-cost-nothing', words.cr3.inside],
        ],
      };
    },
  },
  {
    id: 'large-page',
    make(random, words) {
      const one = scene(random, { large: true });
      return {
        scene: one,
        prompt: words.leads(hex(one.linear)),
        right: hex(physicalOf(one, one.linear)),
        wrong: [
          ['large-is-small', hex(one.frame + (one.linear & 0xfff))],
          ['offset-not-kept', hex(one.frame)],
          ['linear-is-physical', hex(one.linear)],
        ],
      };
    },
  },
];
