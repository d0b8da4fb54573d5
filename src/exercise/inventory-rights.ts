import { READ, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { faults, GOES_THROUGH, outcomeOf, scene, type Template } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);
const ALL = { writable: true, user: true, accessed: true };
const READ_ONLY = { user: true, accessed: true };
const KERNELS = { writable: true, accessed: true };

/** Questions about who may do what, and what a fault says. */
export const RIGHTS_QUESTIONS: readonly Template[] = [
  {
    id: 'supervisor-writes-read-only',
    make(random) {
      const one = scene(random, { pte: READ_ONLY });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel, in ring 0, writes to ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, WRITE),
        wrong: [
          ['supervisor-may-all', GOES_THROUGH],
          ['present-means-exists', faults(2)],
          ['error-bit-mixed-up', faults(7)],
        ],
      };
    },
  },
  {
    id: 'supervisor-without-wp',
    make(random) {
      const one = scene(random, { pte: READ_ONLY, wp: false });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel, in ring 0, writes to ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, WRITE),
        wrong: [
          ['supervisor-bound-always', faults(3)],
          ['present-means-exists', faults(2)],
          ['error-bit-mixed-up', faults(7)],
        ],
      };
    },
  },
  {
    id: 'ring-1',
    make(random) {
      const one = scene(random, { pte: KERNELS });
      return {
        scene: one,
        prompt: `${one.registers}\nCode in ring 1 reads ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, READ),
        wrong: [
          ['rings-are-graded', faults(5)],
          ['present-means-exists', faults(0)],
          ['error-bit-mixed-up', faults(1)],
        ],
      };
    },
  },
  {
    id: 'program-reads-kernel',
    make(random) {
      const one = scene(random, { pte: KERNELS });
      return {
        scene: one,
        prompt: `${one.registers}\nA program, in ring 3, reads ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, USER_READ),
        wrong: [
          ['reading-is-free', GOES_THROUGH],
          ['present-means-exists', faults(4)],
          ['error-bit-mixed-up', faults(7)],
        ],
      };
    },
  },
  {
    id: 'directory-forbids',
    make(random) {
      const one = scene(random, { pde: READ_ONLY, pte: ALL });
      return {
        scene: one,
        prompt: `${one.registers}\nA program, in ring 3, writes to ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, USER_WRITE),
        wrong: [
          ['last-entry-decides', GOES_THROUGH],
          ['present-means-exists', faults(6)],
          ['error-bit-mixed-up', faults(3)],
        ],
      };
    },
  },
  {
    id: 'table-forbids',
    make(random) {
      const one = scene(random, { pde: ALL, pte: KERNELS });
      return {
        scene: one,
        prompt: `${one.registers}\nA program, in ring 3, writes to ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, USER_WRITE),
        wrong: [
          ['first-entry-decides', GOES_THROUGH],
          ['present-means-exists', faults(6)],
          ['error-bit-mixed-up', faults(5)],
        ],
      };
    },
  },
  {
    id: 'absent-page',
    make(random) {
      const one = scene(random, { pte: { ...ALL, present: false } });
      return {
        scene: one,
        prompt: `${one.registers}\nA program, in ring 3, writes to ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, USER_WRITE),
        wrong: [
          ['last-entry-decides', GOES_THROUGH],
          ['present-means-exists', faults(7)],
          ['error-bit-mixed-up', faults(4)],
        ],
      };
    },
  },
  {
    id: 'read-of-nothing',
    make(random) {
      const one = scene(random, { pte: { ...ALL, present: false } });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel, in ring 0, reads ${hex(one.linear)}. What happens?`,
        right: outcomeOf(one, READ),
        wrong: [
          ['absent-is-zero', 'It reads 0.'],
          ['supervisor-may-all', 'It reads what lies in the frame that the entry names.'],
          ['present-means-exists', faults(1)],
        ],
      };
    },
  },
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
