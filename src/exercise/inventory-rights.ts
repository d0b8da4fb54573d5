import { type Access, READ, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import type { Misconception } from './inventory-kinds.ts';
import { faults, outcomeOf, type SceneOptions, scene, type Template, type Words } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);
const ALL = { writable: true, user: true, accessed: true };
const READ_ONLY = { user: true, accessed: true };
const KERNELS = { writable: true, accessed: true };

/** What a wrong option says: an outcome, or something else in words. */
type Said = number | 'ok' | ((words: Words) => string);

/** A question about one access to one page. */
interface AccessQuestion {
  readonly id: string;
  readonly tables: SceneOptions;
  /** Who does what. */
  readonly deed: keyof Words['deed'];
  readonly access: Access;
  readonly wrong: readonly (readonly [Misconception, Said])[];
}

function accessQuestion({ id, tables, deed, access, wrong }: AccessQuestion): Template {
  return {
    id,
    make(random, words) {
      const one = scene(random, tables);
      return {
        scene: one,
        prompt: words.happens(words.deed[deed], hex(one.linear)),
        right: outcomeOf(one, access, words),
        wrong: wrong.map(([misconception, said]) => [misconception, textOf(said, words)]),
      };
    },
  };
}

function textOf(said: Said, words: Words): string {
  if (typeof said === 'function') return said(words);
  return said === 'ok' ? words.goesThrough : faults(said, words);
}

const KERNEL_WRITES = { deed: 'kernelWrites', access: WRITE } as const;
const PROGRAM_READS = { deed: 'programReads', access: USER_READ } as const;
const PROGRAM_WRITES = { deed: 'programWrites', access: USER_WRITE } as const;

/** Questions about who may do what, and what a fault says. */
export const RIGHTS_QUESTIONS: readonly Template[] = [
  accessQuestion({
    id: 'supervisor-writes-read-only',
    tables: { pte: READ_ONLY },
    ...KERNEL_WRITES,
    wrong: [
      ['supervisor-may-all', 'ok'],
      ['present-means-exists', 2],
      ['error-bit-mixed-up', 7],
    ],
  }),
  accessQuestion({
    id: 'supervisor-without-wp',
    tables: { pte: READ_ONLY, wp: false },
    ...KERNEL_WRITES,
    wrong: [
      ['supervisor-bound-always', 3],
      ['present-means-exists', 2],
      ['error-bit-mixed-up', 7],
    ],
  }),
  accessQuestion({
    id: 'ring-1',
    tables: { pte: KERNELS },
    deed: 'ring1Reads',
    access: READ,
    wrong: [
      ['rings-are-graded', 5],
      ['present-means-exists', 0],
      ['error-bit-mixed-up', 1],
    ],
  }),
  accessQuestion({
    id: 'program-reads-kernel',
    tables: { pte: KERNELS },
    ...PROGRAM_READS,
    wrong: [
      ['reading-is-free', 'ok'],
      ['present-means-exists', 4],
      ['error-bit-mixed-up', 7],
    ],
  }),
  accessQuestion({
    id: 'directory-forbids',
    tables: { pde: READ_ONLY, pte: ALL },
    ...PROGRAM_WRITES,
    wrong: [
      ['last-entry-decides', 'ok'],
      ['present-means-exists', 6],
      ['error-bit-mixed-up', 3],
    ],
  }),
  accessQuestion({
    id: 'table-forbids',
    tables: { pde: ALL, pte: KERNELS },
    ...PROGRAM_WRITES,
    wrong: [
      ['first-entry-decides', 'ok'],
      ['present-means-exists', 6],
      ['error-bit-mixed-up', 5],
    ],
  }),
  accessQuestion({
    id: 'absent-page',
    tables: { pte: { ...ALL, present: false } },
    ...PROGRAM_WRITES,
    wrong: [
      ['last-entry-decides', 'ok'],
      ['present-means-exists', 7],
      ['error-bit-mixed-up', 4],
    ],
  }),
  accessQuestion({
    id: 'read-of-nothing',
    tables: { pte: { ...ALL, present: false } },
    deed: 'kernelReads',
    access: READ,
    wrong: [
      ['absent-is-zero', (words) => words.reads0],
      ['supervisor-may-all', (words) => words.readsFrame],
      ['present-means-exists', 1],
    ],
  }),
  {
    id: 'cr2',
    make(random, words) {
      const one = scene(random, { pte: { ...ALL, present: false } });
      return {
        scene: one,
        prompt: words.cr2(hex(one.linear)),
        right: hex(one.linear),
        wrong: [
          ['cr2-is-physical', hex(one.pteAddress)],
          ['cr2-is-code', '0x0804_8123'],
          ['offset-not-kept', hex(one.linear & ~0xfff)],
        ],
      };
    },
  },
];
