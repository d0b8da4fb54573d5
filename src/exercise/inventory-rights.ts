import { type Access, READ, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import {
  type Draft,
  faults,
  GOES_THROUGH,
  outcomeOf,
  type SceneOptions,
  scene,
  type Template,
} from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);
const ALL = { writable: true, user: true, accessed: true };
const READ_ONLY = { user: true, accessed: true };
const KERNELS = { writable: true, accessed: true };

/** A question about one access to one page. */
interface AccessQuestion {
  readonly id: string;
  readonly tables: SceneOptions;
  /** Who does what, up to the address. */
  readonly deed: string;
  readonly access: Access;
  readonly wrong: Draft['wrong'];
}

function accessQuestion({ id, tables, deed, access, wrong }: AccessQuestion): Template {
  return {
    id,
    make(random) {
      const one = scene(random, tables);
      const prompt = `${one.registers}\n${deed} ${hex(one.linear)}. What happens?`;
      return { scene: one, prompt, right: outcomeOf(one, access), wrong };
    },
  };
}

const KERNEL_WRITES = { deed: 'The kernel, in ring 0, writes to', access: WRITE } as const;
const PROGRAM_READS = { deed: 'A program, in ring 3, reads', access: USER_READ } as const;
const PROGRAM_WRITES = { deed: 'A program, in ring 3, writes to', access: USER_WRITE } as const;

/** Questions about who may do what, and what a fault says. */
export const RIGHTS_QUESTIONS: readonly Template[] = [
  accessQuestion({
    id: 'supervisor-writes-read-only',
    tables: { pte: READ_ONLY },
    ...KERNEL_WRITES,
    wrong: [
      ['supervisor-may-all', GOES_THROUGH],
      ['present-means-exists', faults(2)],
      ['error-bit-mixed-up', faults(7)],
    ],
  }),
  accessQuestion({
    id: 'supervisor-without-wp',
    tables: { pte: READ_ONLY, wp: false },
    ...KERNEL_WRITES,
    wrong: [
      ['supervisor-bound-always', faults(3)],
      ['present-means-exists', faults(2)],
      ['error-bit-mixed-up', faults(7)],
    ],
  }),
  accessQuestion({
    id: 'ring-1',
    tables: { pte: KERNELS },
    deed: 'Code in ring 1 reads',
    access: READ,
    wrong: [
      ['rings-are-graded', faults(5)],
      ['present-means-exists', faults(0)],
      ['error-bit-mixed-up', faults(1)],
    ],
  }),
  accessQuestion({
    id: 'program-reads-kernel',
    tables: { pte: KERNELS },
    ...PROGRAM_READS,
    wrong: [
      ['reading-is-free', GOES_THROUGH],
      ['present-means-exists', faults(4)],
      ['error-bit-mixed-up', faults(7)],
    ],
  }),
  accessQuestion({
    id: 'directory-forbids',
    tables: { pde: READ_ONLY, pte: ALL },
    ...PROGRAM_WRITES,
    wrong: [
      ['last-entry-decides', GOES_THROUGH],
      ['present-means-exists', faults(6)],
      ['error-bit-mixed-up', faults(3)],
    ],
  }),
  accessQuestion({
    id: 'table-forbids',
    tables: { pde: ALL, pte: KERNELS },
    ...PROGRAM_WRITES,
    wrong: [
      ['first-entry-decides', GOES_THROUGH],
      ['present-means-exists', faults(6)],
      ['error-bit-mixed-up', faults(5)],
    ],
  }),
  accessQuestion({
    id: 'absent-page',
    tables: { pte: { ...ALL, present: false } },
    ...PROGRAM_WRITES,
    wrong: [
      ['last-entry-decides', GOES_THROUGH],
      ['present-means-exists', faults(7)],
      ['error-bit-mixed-up', faults(4)],
    ],
  }),
  accessQuestion({
    id: 'read-of-nothing',
    tables: { pte: { ...ALL, present: false } },
    deed: 'The kernel, in ring 0, reads',
    access: READ,
    wrong: [
      ['absent-is-zero', 'It reads 0.'],
      ['supervisor-may-all', 'It reads what lies in the frame that the entry names.'],
      ['present-means-exists', faults(1)],
    ],
  }),
  {
    id: 'cr2',
    make(random) {
      const one = scene(random, { pte: { ...ALL, present: false } });
      return {
        scene: one,
        prompt: `${one.registers}\nThe instruction at 0x0804_8123 writes to ${hex(one.linear)}, and faults. What is in CR2?`,
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
