import { formatAddress } from '../arch/address.ts';
import { directoryIndex, tableIndex } from '../arch/paging-modes.ts';
import { physicalOf, scene, type Template } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);

/** Questions about how a walk finds its way. */
export const WALK_QUESTIONS: readonly Template[] = [
  {
    id: 'physical-address',
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nTo which physical address does the linear address ${hex(one.linear)} lead?`,
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
    make(random) {
      const one = scene(random);
      const { cr3 } = one.machine;
      return {
        scene: one,
        prompt: `${one.registers}\nWhich physical address does the CPU read first when it walks for ${hex(one.linear)}?`,
        right: hex(one.pdeAddress),
        wrong: [
          ['entry-is-one-byte', hex(cr3 + directoryIndex(one.linear))],
          ['indices-swapped', hex(cr3 + 4 * tableIndex(one.linear))],
          ['tables-are-searched', `${hex(cr3)}, and from there on until the address is found`],
        ],
      };
    },
  },
  {
    id: 'second-read',
    make(random) {
      const one = scene(random);
      const table = (one.pde & ~0xfff) >>> 0;
      return {
        scene: one,
        prompt: `${one.registers}\nWhich physical address does the CPU read second when it walks for ${hex(one.linear)}?`,
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
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nThe TLB is empty. How often does the CPU read memory before it can read the byte at ${hex(one.linear)}?`,
        right: 'Twice: an entry of the directory, and one of a table.',
        wrong: [
          ['linear-is-physical', 'Never: the address is the place.'],
          ['tables-are-searched', 'As often as there are entries before the right one.'],
          ['tables-cost-nothing', 'Never: the tables are inside the CPU.'],
        ],
      };
    },
  },
  {
    id: 'next-page',
    make(random) {
      const one = scene(random, { next: true });
      const physical = physicalOf(one, one.linear);
      return {
        scene: one,
        prompt: `${one.registers}\n${hex(one.linear)} leads to ${hex(physical)}. Where does ${hex(one.linear + 4096)} lead?`,
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
    make(random) {
      const one = scene(random);
      const physical = physicalOf(one, one.linear);
      return {
        scene: one,
        prompt: `${one.registers}\n${hex(one.linear)} leads to ${hex(physical)}. Where does ${hex(one.linear + 4)}, in the same page, lead?`,
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
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nWhat is the number in CR3?`,
        right: 'The physical address of the directory.',
        wrong: [
          ['entries-hold-linear', 'The linear address of the directory.'],
          ['one-map-for-all', 'The same number for every program.'],
          ['tables-cost-nothing', 'The number of a set of tables inside the CPU.'],
        ],
      };
    },
  },
  {
    id: 'large-page',
    make(random) {
      const one = scene(random, { large: true });
      return {
        scene: one,
        prompt: `${one.registers}\nTo which physical address does the linear address ${hex(one.linear)} lead?`,
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
