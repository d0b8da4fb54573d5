import fc from 'fast-check';
import { ACCESS_KINDS, type Access, IMPLICIT_READ, IMPLICIT_WRITE, READ } from '../arch/access.ts';
import { fewerOf } from '../campaign/smaller-requests.ts';
import { type LinearAddressOptions, linearAddress, lowerAddresses } from './addresses.ts';
import { choice, lowerCounts, shrunkBy } from './simpler.ts';

const ALL: readonly Access[] = [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE];

/** Kinds of access: the six that software chooses, and the two that the CPU makes by itself. They shrink to `READ`. */
export function access(): fc.Arbitrary<Access> {
  return choice(ALL);
}

/** One access of a sequence. */
export interface AccessStep {
  /** Where. */
  readonly linear: number | bigint;
  /** Of which kind. */
  readonly access: Access;
  /** How many bytes. */
  readonly bytes: 1 | 2 | 4;
  /** What is written, where it is a write: fits the bytes. */
  readonly value: number;
}

/** What sequences to draw. */
export interface AccessSequenceOptions extends LinearAddressOptions {
  /** The greatest number of accesses, from 1. Default 20. */
  readonly maxLength?: number;
  /** How many different addresses there are at most, so that most are met again. Default 6. */
  readonly addresses?: number;
}

/**
 * Sequences of accesses to a few addresses, some of them across a page's border. They shrink to fewer accesses, to
 * reads of one byte, and to address 0.
 */
export function accessSequence(options: AccessSequenceOptions = {}): fc.Arbitrary<AccessStep[]> {
  const { maxLength = 20, addresses = 6, ...linear } = options;
  const pool = fc.array(linearAddress(linear), { minLength: 1, maxLength: addresses });
  const step = fc.record({
    which: fc.nat(),
    access: access(),
    bytes: choice<1 | 2 | 4>([1, 2, 4]),
    value: fc.nat(0xffff_ffff),
  });
  const drawn = fc
    .tuple(pool, fc.array(step, { minLength: 1, maxLength, size: 'max' }))
    .map(([places, steps]) =>
      steps.map(({ which, bytes, value, ...rest }) => ({
        ...rest,
        linear: places[which % places.length]!,
        bytes,
        value: value % 2 ** (8 * bytes),
      })),
    );
  const addressesOf = lowerAddresses(linear);
  return shrunkBy(drawn, function* (steps) {
    for (const fewer of fewerOf(steps)) if (fewer.length > 0) yield fewer;
    for (const [i, step] of steps.entries()) {
      if (step.bytes > 1) yield steps.with(i, { ...step, bytes: 1, value: step.value & 0xff });
      if (step.access !== READ) yield steps.with(i, { ...step, access: READ });
      for (const value of lowerCounts(step.value)) yield steps.with(i, { ...step, value });
    }
    // An address changes wherever it is met: what is remembered of it belongs to it.
    for (const place of new Set(steps.map(({ linear: at }) => at))) {
      for (const lower of addressesOf(place)) {
        yield steps.map((step) => (step.linear === place ? { ...step, linear: lower } : step));
      }
    }
  });
}
