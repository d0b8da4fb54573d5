import fc from 'fast-check';
import type { XenStep } from '../../src/xen/index.ts';
import { GUEST_SLOT, GUESTS, MACHINE_FRAMES } from './world.ts';

/**
 * What a guest may try: every hypercall with every kind of argument, and accesses of its own. Nothing here knows of
 * any hole. Numbers are chosen where something lies: the guests' frames, entries that are in use, and the edges.
 *
 * Each attack keeps to a few frames and a few kinds of steps, drawn at random: so they meet more often than if
 * everything were tried at once.
 */

const [, attacker, neighbour] = GUESTS;

type Pair = [pointer: number, value: number];

/** An entry of a table: those in use, some free ones, Xen's. */
const entryIndex = fc.oneof(
  { weight: 4, arbitrary: fc.nat(attacker.count - 1) },
  { weight: 4, arbitrary: fc.constantFrom(GUEST_SLOT, GUEST_SLOT + 1, 0) },
  { weight: 1, arbitrary: fc.constantFrom(1007, 1008, 1013, 1020, 1021, 1023) },
);
/** Low bits of an entry. Present ones more often than not; every flag comes up alone and with others. */
const flags = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0x61, 0x63, 0x65, 0x67) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0x60) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(1, 3), fc.nat(0xff)).map(([p, bits]) => p | (bits << 2)) },
);
const page = fc.oneof(
  { weight: 5, arbitrary: fc.nat(attacker.count - 1).map((i) => GUEST_SLOT * 1024 + i) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0, GUEST_SLOT, GUEST_SLOT + 1), entryIndex)
      .map(([slot, entry]) => slot * 1024 + entry),
  },
  { weight: 1, arbitrary: fc.constantFrom(0xf_bfff, 0xf_c000, 0xf_c120, 0xf_ffff) },
);
const descriptorWords = fc.constantFrom<[number, number]>(
  [0, 0],
  // Code and data of rings 1 and 3 that end where Xen begins.
  [0x0000_c3ff, 0x00cf_ba00],
  [0x0000_c3ff, 0x00cf_f200],
  // A page more; all 4 GiB; ring 0.
  [0x0000_c400, 0x00cf_f200],
  [0x0000_ffff, 0x00cf_f200],
  [0x0000_c3ff, 0x00cf_9a00],
  // Call gates: to the guest's own code, to Xen's, with a reserved bit; and an LDT.
  [0x1809_1234, 0x0000_ec00],
  [0x0809_1234, 0x0000_ec00],
  [0x0819_1234, 0x0000_ec20],
  [0x0000_0fff, 0x0000_e200],
);

/** The kinds of steps, by name, over a choice of frames. */
function stepKinds(frame: fc.Arbitrary<number>): Readonly<Record<string, fc.Arbitrary<XenStep | XenStep[]>>> {
  const entryValue = fc.tuple(frame, flags).map(([target, bits]) => target * 4096 + bits);
  const checked = fc
    .tuple(frame, entryIndex, entryValue)
    .map(([target, entry, value]): Pair => [target * 4096 + 4 * entry, value]);
  const extended = (...commands: number[]): fc.Arbitrary<Pair> =>
    fc
      .tuple(frame, fc.constantFrom(...commands))
      .map(([target, command]): Pair => [(target * 4096) | 3, command]);
  const setLdt = fc
    .tuple(page, fc.constantFrom(0, 1, 512, 1024, 8192, 8193))
    .map(([at, entries]): Pair => [((at * 4096) | 3) >>> 0, (entries << 8) | 8]);
  const list = (update: fc.Arbitrary<Pair>): fc.Arbitrary<XenStep> =>
    fc
      .array(update, { minLength: 1, maxLength: 3 })
      .map((updates): XenStep => ({ call: 'mmuUpdate', domain: 1, updates }));
  const anyUpdate = fc.oneof(
    checked,
    checked.map(([pointer, value]): Pair => [pointer | 1, value]),
    fc.tuple(frame, entryValue).map(([target, value]): Pair => [(target * 4096) | 2, value]),
    extended(0, 1, 4, 5, 6, 2, 9),
    page.map((at): Pair => [3, ((at * 4096) | 7) >>> 0]),
    setLdt,
  );
  return {
    update: list(checked),
    pin: list(extended(0, 1)),
    unpin: list(extended(4)),
    base: list(extended(5)),
    any: list(anyUpdate),
    page: fc.tuple(page, entryValue, fc.nat(3)).map(
      ([at, value, how]): XenStep => ({
        call: 'updateVaMapping',
        domain: 1,
        page: at,
        value,
        flags: how,
      }),
    ),
    access: fc
      .tuple(
        fc.constantFrom('read', 'write', 'write'),
        page,
        entryIndex,
        entryValue,
        fc.constantFrom(1, 1, 3),
      )
      .map(([kind, at, word, value, ring]): XenStep => {
        const linear = (at * 4096 + 4 * word) >>> 0;
        return { call: 'access', kind: kind as 'read' | 'write', linear, value, ring: ring as 1 | 3 };
      }),
    ldt: list(setLdt),
    // The way to an LDT that is used: a page of it mapped read-only, its place made known, the CPU's fault.
    ldtUse: fc.tuple(frame, fc.constantFrom(1, 1024)).map(([target, entries]): XenStep[] => {
      const at = GUEST_SLOT * 1024 + (target & 0xf);
      const set: Pair = [(at * 4096 + 3) >>> 0, (entries << 8) | 8];
      return [
        { call: 'updateVaMapping', domain: 1, page: at, value: target * 4096 + 0x61, flags: 0 },
        { call: 'mmuUpdate', domain: 1, updates: [set] },
        { call: 'ldtFault', domain: 1, page: 0 },
      ];
    }),
    ldtFault: fc.nat(1).map((at): XenStep => ({ call: 'ldtFault', domain: 1, page: at })),
    gdt: fc
      .tuple(fc.array(frame, { minLength: 1, maxLength: 2 }), fc.constantFrom(296, 512, 1024, 295, 8193))
      .map(([frames, entries]): XenStep => ({ call: 'setGdt', domain: 1, frames, entries })),
    descriptor: fc
      .tuple(
        frame,
        fc.oneof(fc.nat(511), fc.constantFrom(256, 295)),
        fc.constantFrom(0, 0, 0, 0, 4),
        descriptorWords,
      )
      .map(
        ([target, entry, off, words]): XenStep => ({
          call: 'updateDescriptor',
          domain: 1,
          address: target * 4096 + 8 * entry + off,
          words,
        }),
      ),
    decrease: frame.map((given): XenStep => ({ call: 'decreaseReservation', domain: 1, frames: [given] })),
  };
}

const KINDS: readonly string[] = Object.keys(stepKinds(fc.constant(0)));
/** Frames of the attacker, its directory and page table first. */
const OWN: readonly number[] = Array.from({ length: attacker.count }, (_, i) => attacker.first + i);
/** Frames that are not: the neighbour's, domain 0's, Xen's, none. */
const OTHERS: readonly number[] = [
  neighbour.first,
  neighbour.first + 1,
  neighbour.first + 7,
  GUESTS[0].first + 7,
  attacker.sharedInfoFrame,
  neighbour.sharedInfoFrame,
  attacker.perDomainFrame,
  0,
  0x101,
  0x1000,
  0x1400,
  MACHINE_FRAMES - 1,
  MACHINE_FRAMES,
  0x2aab,
  0xf_ffff,
];

/**
 * One attack: up to `maxSteps` steps of a guest.
 * @param always - A frame that the attack is about, whatever else it is about.
 */
export function attackOf(maxSteps: number, always?: number): fc.Arbitrary<XenStep[]> {
  return fc
    .tuple(
      fc.subarray(OWN.slice(2), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...OTHERS),
      fc.subarray([...KINDS], { minLength: 3 }),
    )
    .chain(([spare, other, kinds]) => {
      const frame = fc.oneof(
        {
          weight: 12,
          arbitrary: fc.constantFrom(...spare, ...(always === undefined ? [] : [always, always])),
        },
        { weight: 6, arbitrary: fc.constantFrom(OWN[0]!, OWN[1]!) },
        { weight: 1, arbitrary: fc.constant(other) },
      );
      const all = stepKinds(frame);
      const step = fc.oneof(...kinds.map((kind) => all[kind]!));
      return fc.array(step, { minLength: 1, maxLength: maxSteps, size: 'max' }).map((steps) => steps.flat());
    });
}
