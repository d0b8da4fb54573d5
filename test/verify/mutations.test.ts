/**
 * For each claim, a domain broken so that it fails, with what else must fail because the claim implies it. A claim that
 * no mutation turns red proves nothing.
 */
import { describe, expect, it } from 'vitest';
import type { Domain } from '../../src/builder/index.ts';
import { READ, USER_FETCH, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { type ClaimName, type Counterexample, verifyDomain } from '../../src/verify/index.ts';
import {
  type Built,
  directoryEntry,
  editWord,
  type HandMade,
  handMadeDomain,
  level1Entry,
  SHARED_INFO,
  XEN_IMAGE_TABLE,
  XEN_TABLES,
} from '../support/hand-made-domain.ts';

// The default domain: 256 pages from 0xC0000000, start_info 252, a free page, the page table 254, the directory 255.
const START_INFO = 252;
const STACK = 251;
const TABLE = 254;
const DIRECTORY = 255;
/** A level-1 entry of the domain's only table that lies behind its last page. */
const UNUSED = 300;

/** Frames of the hand-made domain's memory; the last is one less. */
const FRAME_COUNT = 2048;

const P = 0x001;
const RW = 0x002;
const US = 0x004;
const PWT = 0x008;
const PCD = 0x010;
const PS = 0x080;
const G = 0x100;

interface Mutation {
  /** What is done to the domain. */
  readonly title: string;
  readonly options?: HandMade;
  readonly breakMemory?: (built: Built) => void;
  readonly breakDescription?: (domain: Domain) => Partial<Domain>;
  /** The claims that must fail, the one under test first; the others are implied by it. */
  readonly red: readonly ClaimName[];
  /** What the counterexample of the first must hold. */
  readonly counterexample: Partial<Counterexample>;
}

const frameOf = (p: number): number => 0x400 + ((p * 37) % 256);
const frame = (p: number): string => `frame 0x${frameOf(p).toString(16)}`;

function setEntry(built: Built, address: number, value: number): void {
  built.memory.writeUint32(address, value);
}

const mutations: Mutation[] = [
  {
    title: 'two pages exchanged',
    breakMemory: (built) => {
      setEntry(built, level1Entry(built, 3), frameOf(4) * 4096 + 0x23);
      setEntry(built, level1Entry(built, 4), frameOf(3) * 4096 + 0x23);
    },
    red: ['guest-frames'],
    counterexample: {
      linear: 0xc000_3000,
      access: READ,
      expected: `${frame(3)} (kernel to start_info)`,
      found: frame(4),
    },
  },
  {
    title: 'a page missing, which then cannot be written either',
    breakMemory: (built) => setEntry(built, level1Entry(built, 9), 0),
    red: ['guest-frames', 'guest-writable'],
    counterexample: {
      linear: 0xc000_9000,
      access: READ,
      expected: `${frame(9)} (kernel to start_info)`,
      found: 'a page fault (not present, error code 0)',
    },
  },
  {
    title: 'a kernel page made read-only',
    breakMemory: (built) => editWord(built, level1Entry(built, 5), { clear: RW }),
    red: ['guest-writable'],
    counterexample: {
      linear: 0xc000_5000,
      access: WRITE,
      expected: `${frame(5)} (kernel to start_info)`,
      found: 'a page fault (write to read only page, error code 3)',
    },
  },
  {
    title: "the stack's page made read-only, which is a page that must be writable",
    breakMemory: (built) => editWord(built, level1Entry(built, STACK), { clear: RW }),
    red: ['stack-writable', 'guest-writable'],
    counterexample: {
      linear: 0xc00f_b000,
      access: WRITE,
      expected: `${frame(STACK)} (kernel to start_info)`,
    },
  },
  {
    title: 'the page table made writable',
    breakMemory: (built) => editWord(built, level1Entry(built, TABLE), { set: RW }),
    red: ['tables-read-only'],
    counterexample: {
      linear: 0xc00f_e000,
      access: WRITE,
      expected: 'a page fault (page tables and directory)',
      found: frame(TABLE),
    },
  },
  {
    title: 'the directory made writable',
    breakMemory: (built) => editWord(built, level1Entry(built, DIRECTORY), { set: RW }),
    red: ['tables-read-only'],
    counterexample: {
      linear: 0xc00f_f000,
      access: WRITE,
      expected: 'a page fault (page tables and directory)',
      found: frame(DIRECTORY),
    },
  },
  {
    title: "the directory mapped writable by Xen's map cache",
    options: { xen: 'slots' },
    breakMemory: (built) => setEntry(built, XEN_TABLES[1] * 4096 + 5 * 4, frameOf(DIRECTORY) * 4096 + 0x63),
    red: ['no-writable-alias'],
    counterexample: {
      linear: 0xff80_5000,
      access: WRITE,
      expected: 'no way to write to a page table',
      found: frame(DIRECTORY),
    },
  },
  {
    title: 'the page table mapped again behind the domain, where nothing may be',
    breakMemory: (built) => setEntry(built, level1Entry(built, UNUSED), frameOf(TABLE) * 4096 + 0x23),
    red: ['no-writable-alias', 'nothing-else-mapped'],
    counterexample: { linear: 0xc012_c000, access: WRITE, found: frame(TABLE) },
  },
  {
    title: 'the page table mapped in place of a kernel page',
    breakMemory: (built) => setEntry(built, level1Entry(built, 6), frameOf(TABLE) * 4096 + 0x23),
    red: ['no-writable-alias', 'guest-frames'],
    counterexample: { linear: 0xc000_6000, access: WRITE, found: frame(TABLE) },
  },
  {
    title: 'a page open to ring 3',
    breakMemory: (built) => editWord(built, level1Entry(built, 7), { set: US }),
    red: ['guest-closed-to-ring-3'],
    counterexample: {
      linear: 0xc000_7000,
      access: USER_READ,
      expected: 'a page fault (kernel to start_info)',
      found: frame(7),
    },
  },
  {
    title: 'a frame that is not the domain’s, mapped behind its last page',
    breakMemory: (built) => setEntry(built, level1Entry(built, UNUSED), 0x300 * 4096 + 0x23),
    red: ['nothing-else-mapped'],
    counterexample: {
      linear: 0xc012_c000,
      access: READ,
      expected: 'a page fault (nothing is mapped here)',
      found: 'frame 0x300',
    },
  },
  {
    title: 'a second, empty page table',
    breakMemory: (built) => setEntry(built, directoryEntry(built, 5), 0x300 * 4096 + 0x67),
    red: ['nothing-else-mapped'],
    counterexample: { linear: 0x0140_0000, expected: 'no entry', found: 'the entry 0x300067' },
  },
  {
    title: 'something at 0xFC000000 where no Xen was placed',
    breakMemory: (built) => {
      setEntry(built, directoryEntry(built, 1008), 0x300 * 4096 + 0x63);
      setEntry(built, 0x300 * 4096, 0x301 * 4096 + 0x21);
    },
    red: ['xen-range'],
    counterexample: {
      linear: 0xfc00_0000,
      access: READ,
      expected: 'a page fault (nothing is mapped here)',
      found: 'frame 0x301',
    },
  },
  {
    title: 'two pages of the Xen image exchanged',
    options: { xen: 'image', profile: 'document' },
    breakMemory: (built) => {
      setEntry(built, XEN_IMAGE_TABLE * 4096, 0x20 * 4096 + 0x163);
      setEntry(built, XEN_IMAGE_TABLE * 4096 + 4, 0x21 * 4096 + 0x163);
    },
    red: ['xen-range'],
    counterexample: {
      linear: 0xfc00_0000,
      access: READ,
      expected: 'frame 0x21 (Xen image)',
      found: 'frame 0x20',
    },
  },
  {
    title: 'the read-only view of the machine-to-physical table made writable',
    options: { xen: 'slots' },
    breakMemory: (built) => editWord(built, directoryEntry(built, 1008), { set: RW }),
    red: ['xen-range'],
    counterexample: {
      linear: 0xfc00_0000,
      access: WRITE,
      expected: 'a page fault (machine-to-physical table, read-only view)',
      found: 'frame 0x1000',
    },
  },
  {
    title: 'the per-domain table exchanged for another, empty one',
    options: { xen: 'slots' },
    breakMemory: (built) => setEntry(built, directoryEntry(built, 1021), 0x43 * 4096 + 0x63),
    red: ['xen-range'],
    counterexample: {
      linear: 0xff3f_d000,
      access: READ,
      expected: "frame 0x40 (linear page table: Xen's tables)",
      found: 'frame 0x43',
    },
  },
  {
    title: 'the direct map open to ring 3',
    options: { xen: 'slots' },
    breakMemory: (built) => editWord(built, directoryEntry(built, 1009), { set: US }),
    red: ['xen-closed-to-ring-3'],
    counterexample: {
      linear: 0xfc40_0000,
      access: USER_READ,
      expected: 'a page fault (direct map of machine 0 to 44 MiB)',
      found: 'frame 0x0',
    },
  },
  {
    title: 'a fixmap open to ring 3',
    options: { xen: 'slots' },
    breakMemory: (built) => {
      editWord(built, directoryEntry(built, 1023), { set: US });
      setEntry(built, XEN_TABLES[2] * 4096 + 1023 * 4, 0x301 * 4096 + US + P);
    },
    red: ['xen-closed-to-ring-3', 'entry-bits'],
    counterexample: { linear: 0xffff_f000, access: USER_READ, found: 'frame 0x301' },
  },
  {
    title: 'a global page',
    breakMemory: (built) => editWord(built, level1Entry(built, 3), { set: G }),
    red: ['entry-bits'],
    counterexample: { linear: 0xc000_3000, expected: 'no such bit', found: 'G (entry 0x46f123)' },
  },
  {
    title: 'an uncached page',
    breakMemory: (built) => editWord(built, level1Entry(built, 3), { set: PCD }),
    red: ['entry-bits'],
    counterexample: { linear: 0xc000_3000 },
  },
  {
    title: 'a write-through page table',
    breakMemory: (built) => editWord(built, directoryEntry(built, 768), { set: PWT }),
    red: ['entry-bits'],
    counterexample: { linear: 0xc000_0000, expected: 'US', found: 'US PWT (entry 0x4b606f)' },
  },
  {
    title: 'a page table without US, as level-1 entries have none',
    breakMemory: (built) => editWord(built, directoryEntry(built, 768), { clear: US }),
    red: ['entry-bits'],
    counterexample: { linear: 0xc000_0000 },
  },
  {
    title: "a slot of Xen's that is not global",
    options: { xen: 'slots' },
    breakMemory: (built) => editWord(built, directoryEntry(built, 1012), { clear: G }),
    red: ['entry-bits'],
    counterexample: { linear: 0xfd00_0000, expected: 'PS or PAT G', found: 'PS or PAT (entry 0xc000e3)' },
  },
  {
    title: 'a page of the Xen image that is not global',
    options: { xen: 'image', profile: 'document' },
    breakMemory: (built) => editWord(built, XEN_IMAGE_TABLE * 4096 + 8, { clear: G }),
    red: ['entry-bits'],
    counterexample: { linear: 0xfc00_2000 },
  },
  {
    title: 'a byte set in shared_info',
    breakMemory: ({ memory }) => memory.writeUint8(SHARED_INFO * 4096 + 4095, 0x80),
    red: ['shared-info'],
    counterexample: { expected: '0x0', found: '0x80' },
  },
  {
    title: 'the first byte set in shared_info',
    breakMemory: ({ memory }) => memory.writeUint8(SHARED_INFO * 4096, 1),
    red: ['shared-info'],
    counterexample: { expected: '0x0', found: '0x1' },
  },
  {
    title: 'shared_info in the frame behind the last of memory',
    breakDescription: () => ({ sharedInfoFrame: FRAME_COUNT }),
    red: ['shared-info', 'start-info'],
    counterexample: {
      expected: 'a frame in RAM',
      found: `frame 0x${FRAME_COUNT.toString(16)}, beyond its end`,
    },
  },
  {
    title: "a page in the frame behind the last of memory, start_info's",
    breakMemory: (built) => setEntry(built, level1Entry(built, START_INFO), FRAME_COUNT * 4096 + 0x23),
    red: ['start-info', 'guest-frames'],
    counterexample: { linear: 0xc00f_c000 },
  },
  {
    title: 'a page table in the frame behind the last of memory, which reads as ones',
    breakMemory: (built) => setEntry(built, directoryEntry(built, 5), FRAME_COUNT * 4096 + 0x67),
    red: ['nothing-else-mapped', 'guest-closed-to-ring-3'],
    counterexample: { linear: 0x0140_0000, found: 'frame 0xfffff' },
  },
  {
    title: 'shared_info mapped, where nothing may be',
    breakMemory: (built) => setEntry(built, level1Entry(built, UNUSED), SHARED_INFO * 4096 + 0x23),
    red: ['shared-info', 'nothing-else-mapped'],
    counterexample: { linear: 0xc012_c000, access: READ, found: 'frame 0x10' },
  },
  {
    title: 'an entry point in the page tables',
    breakDescription: ({ context }) => ({ context: { ...context, eip: 0xc00f_e000 } }),
    red: ['initial-context'],
    counterexample: { expected: 'an address from 0xc0000000 to below 0xc00fe000', found: '0xc00fe000' },
  },
  {
    title: 'an entry point that is not mapped',
    breakDescription: ({ context }) => ({ context: { ...context, eip: 0xc010_0123 } }),
    red: ['initial-context'],
    counterexample: { linear: 0xc010_0000, expected: 'a page to start from' },
  },
  ...(['esp', 'eflags', 'ss'] as const).map(
    (name): Mutation => ({
      title: `another ${name}`,
      breakDescription: ({ context }) => ({ context: { ...context, [name]: context[name] ^ 0x1000 } }),
      red: ['initial-context'],
      counterexample: {},
    }),
  ),
  {
    title: 'a frame used for two pages',
    options: { frames: Uint32Array.from({ length: 256 }, (_, i) => (i === 40 ? frameOf(30) : frameOf(i))) },
    red: ['frames-used-once'],
    counterexample: { found: `${frame(30)} of page 30` },
  },
  {
    title: 'a page in the frame behind the last of memory',
    options: { frames: Uint32Array.from({ length: 256 }, (_, i) => (i === 40 ? FRAME_COUNT : frameOf(i))) },
    red: ['frames-used-once'],
    counterexample: { expected: 'a frame below 0x800', found: 'frame 0x800' },
  },
  {
    title: 'the frame of shared_info used for a page, which maps it',
    breakDescription: () => ({ sharedInfoFrame: frameOf(30) }),
    breakMemory: ({ memory }) => memory.writeUint32(frameOf(START_INFO) * 4096 + 4, frameOf(30) * 4096),
    red: ['frames-used-once', 'shared-info'],
    counterexample: { found: `${frame(30)} of shared_info` },
  },
  {
    title: 'another address of start_info in the description',
    breakDescription: () => ({ startInfoAddress: 0xc00f_d000 }),
    red: ['description'],
    counterexample: { expected: '0xc00fc000', found: '0xc00fd000' },
  },
  {
    title: 'another page table in the description',
    breakDescription: () => ({ pageTables: Uint32Array.of(0x300) }),
    red: ['description'],
    counterexample: { expected: `0x${frameOf(TABLE).toString(16)}`, found: '0x300' },
  },
  {
    title: 'another value in the update list',
    breakDescription: ({ updates }) => ({ updates: updates.map((word, i) => (i === 7 ? word + 1 : word)) }),
    red: ['update-list'],
    counterexample: {},
  },
  {
    title: 'an update too many',
    breakDescription: ({ updates }) => ({ updates: Uint32Array.of(...updates, 0, 0) }),
    red: ['update-list'],
    counterexample: { expected: '514 updates', found: '515' },
  },
  {
    title: 'the last update missing',
    breakDescription: ({ updates }) => ({ updates: updates.slice(0, -2) }),
    red: ['update-list'],
    counterexample: { found: 'the end of the list' },
  },
  ...[
    [0, 'nr_pages'],
    [16, 'pt_base'],
    [24, 'mod_len'],
    [283, 'byte 255 of the command line'],
  ].map(([offset, name]): Mutation => {
    return {
      title: `another ${name} in start_info`,
      breakMemory: ({ memory }) => {
        const address = frameOf(START_INFO) * 4096 + Number(offset);
        memory.writeUint8(address, memory.readUint8(address) ^ 1);
      },
      red: ['start-info'],
      counterexample: { linear: 0xc00f_c000 + Number(offset) },
    };
  }),
];

describe('verifyDomain finds', () => {
  for (const { title, options, breakMemory, breakDescription, red, counterexample } of mutations) {
    it(title, () => {
      const built = handMadeDomain(options);
      breakMemory?.(built);
      const { ok, claims } = verifyDomain(built.memory, {
        ...built.domain,
        ...breakDescription?.(built.domain),
      });
      const failed = claims.filter((claim) => !claim.ok);
      expect(ok).toBe(false);
      expect(failed.map((claim) => claim.name).sort()).toEqual([...red].sort());
      const [found] = failed.filter((claim) => claim.name === red[0]);
      expect(found?.counterexample).toMatchObject(counterexample);
    });
  }

  it('a large page in the guest: everything in it lies elsewhere', () => {
    const built = handMadeDomain();
    editWord(built, directoryEntry(built, 768), { set: PS });
    const { claims } = verifyDomain(built.memory, built.domain);
    const failed = claims.filter((claim) => !claim.ok).map((claim) => claim.name);
    expect(failed).toEqual(expect.arrayContaining(['guest-frames', 'guest-writable', 'entry-bits']));
  });

  it('every claim broken by some mutation', () => {
    const { memory, domain } = handMadeDomain();
    const names = verifyDomain(memory, domain).claims.map((claim) => claim.name);
    expect(new Set(mutations.map(({ red }) => red[0]))).toEqual(new Set(names));
  });
});

describe('a counterexample', () => {
  it('says in one sentence what is wrong, and carries the walk that shows it', () => {
    const built = handMadeDomain();
    editWord(built, level1Entry(built, DIRECTORY), { set: RW + US });
    const { claims } = verifyDomain(built.memory, built.domain);
    const texts = claims.flatMap((claim) => claim.counterexample?.text ?? []);
    const found = frame(DIRECTORY);
    expect(texts).toEqual([
      `write at 0xc00f_f000: expected a page fault (page tables and directory), found ${found}`,
      `user read at 0xc00f_f000: expected a page fault (page tables and directory), found ${found}`,
    ]);
    const walk = claims.find((claim) => claim.name === 'tables-read-only')?.counterexample?.walk;
    expect(walk?.ok).toBe(true);
    expect(walk?.steps.map((step) => step.kind)).toEqual(['PDE', 'PTE']);
  });

  it('is the lowest address of several', () => {
    const built = handMadeDomain();
    for (const p of [90, 17, 60]) editWord(built, level1Entry(built, p), { set: US });
    const { claims } = verifyDomain(built.memory, built.domain);
    const { counterexample } = claims.find((claim) => claim.name === 'guest-closed-to-ring-3')!;
    expect(counterexample).toMatchObject({ linear: 0xc001_1000, access: USER_READ });
    expect(counterexample?.access).not.toBe(USER_FETCH);
  });
});
