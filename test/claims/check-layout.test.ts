import { describe, expect, it } from 'vitest';
import { CPU_MODELS } from '../../src/arch/index.ts';
import {
  allOf,
  anyOf,
  atMost,
  cacheType,
  checkLayout,
  closedTo,
  denies,
  executableOnly,
  global,
  grants,
  hidden,
  identity,
  type LayoutClaim,
  maps,
  named,
  noTables,
  not,
  noWritableAlias,
  only,
  pageSize,
  readOnly,
  unmapped,
  wxExclusive,
} from '../../src/claims/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FETCH, Mmu, READ, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { Mapper, type TableMode } from '../../src/tables/index.ts';
import {
  allClaims,
  DATA,
  DATA_FRAMES,
  DEVICE,
  MODES,
  type SmallKernel,
  smallKernel,
  TABLES,
  TEXT,
  TEXT_PHYSICAL,
  USER,
} from './layout.ts';

describe('checkLayout', () => {
  it.each(MODES)('proves in %s every claim that holds, and leaves memory as it was', (mode) => {
    const { memory, mmu } = smallKernel(mode);
    const before = Buffer.from(memory.read(0, memory.sizeBytes));
    const { ok, claims } = checkLayout(mmu, allClaims(mode));
    expect(
      claims.filter((claim) => !claim.ok).map(({ name, counterexample }) => [name, counterexample?.text]),
    ).toEqual([]);
    expect(ok).toBe(true);
    expect(Buffer.compare(before, memory.read(0, memory.sizeBytes))).toBe(0);
    expect(mmu.tlb.entries()).toEqual([]);
  });

  it('takes a machine as well as an MMU', () => {
    const { memory, mapper } = smallKernel('4-level');
    const { cpu, ...registers } = mapper.registers;
    expect(checkLayout({ memory, cpu, registers }, allClaims('4-level')).ok).toBe(true);
  });
});

interface Broken {
  readonly claim: LayoutClaim;
  /** What is done to the address space. */
  readonly by: (kernel: SmallKernel) => void;
  readonly linear?: number;
  readonly access?: number;
  readonly text: string | RegExp;
  readonly mend: string | RegExp;
  /** Where it can be shown. Default: in every mode. */
  readonly modes?: readonly TableMode[];
}

const NX_MODES: readonly TableMode[] = ['PAE', '4-level', '5-level'];
const BROKEN: Broken[] = [
  {
    claim: maps([TEXT, DATA], TEXT_PHYSICAL),
    by: ({ mapper }) => mapper.unmap(TEXT + 0x3000, 0x1000),
    linear: TEXT + 0x3000,
    access: READ,
    text: 'expected frame 0x103, found a page fault (not present, error code 0)',
    mend: /write the PTE at 0x[0-9a-f_]+ \(0x0: not present\), so that it leads to 0x0010_3000/,
  },
  {
    claim: named('kernel', maps([DATA, DATA + 0x8000], DATA_FRAMES), { what: 'data' }),
    by: ({ mapper }) => {
      mapper.unmap(DATA + 0x2000, 0x1000);
      mapper.map(DATA + 0x2000, 0x20_2000, 0x1000);
    },
    linear: DATA + 0x2000,
    text: 'read at 0xc000_a000: expected frame 0x201 (data), found frame 0x202',
    mend: /let the PTE at .* lead to 0x0020_1000, not to 0x0020_2000/,
  },
  {
    claim: maps([TEXT, DATA], TEXT_PHYSICAL, { writable: false }),
    by: ({ mapper }) => mapper.protect(TEXT + 0x7000, 0x1000, { writable: true }),
    linear: TEXT + 0x7000,
    access: WRITE,
    text: 'expected a page fault, found frame 0x107',
    mend: /clear RW in the PTE/,
  },
  {
    claim: maps([DATA, DATA + 0x8000], DATA_FRAMES, { writable: true }),
    by: ({ mapper, memory }) => {
      // Taken from above: the parent's right counts, too.
      const parent = mapper.mode === '32-bit' ? mapper.root + (DATA >>> 22) * 4 : undefined;
      if (parent !== undefined) memory.writeUint32(parent, memory.readUint32(parent) & ~2);
    },
    modes: ['32-bit'],
    linear: DATA,
    access: WRITE,
    text: 'write to read only page',
    mend: /set RW in the PDE at/,
  },
  {
    claim: maps([USER, USER + 0x2000], 0x30_0000, { user: true, writable: true }),
    by: ({ mapper }) => mapper.protect(USER + 0x1000, 0x1000, { user: false }),
    linear: USER + 0x1000,
    access: USER_READ,
    text: 'expected that it succeeds, found a page fault (user access to supervisor page, error code 5)',
    mend: /set US in the PTE/,
  },
  {
    claim: maps([TEXT, DATA], TEXT_PHYSICAL, { executable: true }),
    by: ({ mapper }) => mapper.protect(TEXT, 0x1000, { executable: false }),
    modes: NX_MODES,
    linear: TEXT,
    access: FETCH,
    text: 'fetch from no execute page',
    mend: /clear NX in the PTE/,
  },
  {
    claim: identity([USER, USER + 0x2000]),
    by: () => {},
    linear: USER,
    text: 'expected frame 0x400, found frame 0x300',
    mend: /lead to 0x0040_0000/,
  },
  {
    claim: unmapped([0, USER]),
    by: ({ mapper }) => mapper.map(0, 0, 0x1000),
    linear: 0,
    access: READ,
    text: 'read at 0x0000_0000: expected a page fault (nothing is mapped here), found frame 0x0',
    mend: /clear P in the PTE/,
  },
  {
    claim: only([
      [USER, DEVICE + 0x1000],
      [TABLES, TABLES + 0x10_0000],
    ]),
    by: ({ mapper }) => mapper.map(0xffff_f000, 0x5000, 0x1000, { writable: true }),
    linear: 0xffff_f000,
    text: 'found frame 0x5',
    mend: /clear P/,
  },
  {
    claim: noTables([0x8000_0000, TEXT]),
    by: ({ mapper }) => {
      mapper.map(0x9000_0000, 0, 0x1000);
      mapper.unmap(0x9000_0000, 0x1000);
    },
    linear: undefined as never,
    text: /PD(E|PTE) at 0x[89]0[04]?0_0000: expected no entry, found the entry/,
    mend: /clear P in the PD/,
  },
  {
    claim: readOnly('tables'),
    by: ({ mapper }) => mapper.protect(TABLES + 0x1000, 0x1000, { writable: true }),
    linear: TABLES + 0x1000,
    access: WRITE,
    text: 'a frame that must not be written',
    mend: /clear RW/,
  },
  {
    claim: noWritableAlias('tables'),
    by: ({ mapper }) => mapper.map(0xf000_0000, mapper.root, 0x1000, { writable: true }),
    linear: 0xf000_0000,
    access: WRITE,
    text: 'expected a page fault (a page table), found frame 0x1',
    mend: /clear RW/,
  },
  {
    claim: noWritableAlias(DATA_FRAMES),
    by: ({ mapper }) => mapper.map(0xf000_0000, 0x20_3000, 0x1000),
    linear: DATA + 0x1000,
    access: WRITE,
    text: 'a frame with another page',
    mend: /clear RW/,
  },
  {
    claim: hidden(0x300),
    by: () => {},
    linear: USER,
    text: 'expected a page fault (a frame to be hidden), found frame 0x300',
    mend: /clear P/,
  },
  {
    claim: closedTo('user', [TEXT, 0x1_0000_0000]),
    by: ({ mapper }) => mapper.protect(DATA + 0x5000, 0x1000, { user: true }),
    linear: DATA + 0x5000,
    access: USER_READ,
    text: 'user read at 0xc000_d000: expected a page fault, found frame 0x20a',
    mend: /clear US in the PTE/,
  },
  {
    claim: closedTo('supervisor', [USER, USER + 0x2000]),
    by: () => {},
    linear: USER,
    access: READ,
    text: 'read at 0x0040_0000',
    mend: /clear P/,
  },
  {
    claim: grants([USER, USER + 0x3000], [USER_READ]),
    by: () => {},
    linear: USER + 0x2000,
    access: USER_READ,
    text: 'not present',
    mend: /write the PTE/,
  },
  {
    claim: denies([DATA, DATA + 0x1000], [FETCH]),
    by: ({ mapper }) => {
      if (mapper.mode !== '32-bit') mapper.protect(DATA, 0x1000, { executable: true });
    },
    linear: DATA,
    access: FETCH,
    text: 'fetch at 0xc000_8000',
    mend: /(set NX \(bit 63\) in the PTE|entries of 32 bits have no NX)/,
  },
  {
    claim: executableOnly([
      [TEXT, DATA],
      [TABLES, TABLES + 0x10_0000],
    ]),
    by: ({ mapper }) => mapper.protect(USER, 0x1000, { executable: true }),
    modes: NX_MODES,
    linear: USER,
    access: FETCH,
    text: 'expected a page fault',
    mend: /set NX/,
  },
  {
    claim: wxExclusive(),
    by: ({ mapper }) => mapper.protect(TEXT + 0x1000, 0x1000, { writable: true }),
    modes: NX_MODES,
    linear: TEXT + 0x1000,
    access: WRITE,
    text: 'it can be fetched from',
    mend: /clear RW/,
  },
  {
    claim: global([TEXT, DATA]),
    by: ({ mapper }) => mapper.protect(TEXT + 0x6000, 0x1000, { global: false }),
    linear: TEXT + 0x6000,
    text: 'expected a global page, found one that is not',
    mend: /set G in the PTE/,
  },
  {
    claim: pageSize([TEXT, DATA], 0x20_0000),
    by: () => {},
    linear: TEXT,
    text: 'expected a page of 0x20_0000 bytes, found one of 0x1000 bytes',
    mend: /map it by pages of 0x20_0000 bytes/,
  },
  {
    claim: cacheType([DEVICE, DEVICE + 0x1000], 'UC'),
    by: ({ mapper }) => mapper.protect(DEVICE, 0x1000, { cacheType: 'WT' }),
    linear: DEVICE,
    text: 'expected memory type UC, found WT',
    mend: /PWT 1, PCD 1, PAT 0/,
  },
  {
    claim: atMost({ tables: 2 }),
    by: () => {},
    text: /page tables: expected at most 2, found \d+/,
    mend: /larger pages/,
  },
  {
    claim: allOf([unmapped([0, USER]), unmapped([USER, USER + 0x1000])]),
    by: () => {},
    linear: USER,
    text: 'found frame 0x300',
    mend: /clear P/,
  },
  {
    claim: anyOf([unmapped([USER, USER + 0x1000]), closedTo('user')]),
    by: () => {},
    linear: USER,
    text: 'found frame 0x300',
    mend: /clear P/,
  },
];

describe('a claim that does not hold is told with address, access, entries and what would mend it', () => {
  for (const mode of MODES) {
    it.each(BROKEN.filter(({ modes }) => modes?.includes(mode) ?? true))(
      `${mode}: $claim.kind, $text`,
      (broken) => {
        const kernel = smallKernel(mode);
        broken.by(kernel);
        // In PAE the CPU keeps the four PDPTEs until CR3 is loaded again.
        kernel.mmu.cr3 = kernel.mapper.root;
        const { ok, claims } = checkLayout(kernel.mmu, [broken.claim], { confirm: 'mapped' });
        expect(ok).toBe(false);
        expect(claims).toHaveLength(1);
        const counterexample = claims[0]!.counterexample!;
        if (broken.linear !== undefined) expect(counterexample.linear).toBe(broken.linear);
        if (broken.access !== undefined) expect(counterexample.access).toBe(broken.access);
        expect(counterexample.text).toMatch(broken.text);
        expect(counterexample.mend).toMatch(broken.mend);
        if (counterexample.access === undefined) return;
        expect(counterexample.walk?.steps.map(({ kind }) => kind).at(-1)).toBe('PTE');
        expect(counterexample.walk).toEqual(
          kernel.mmu.explain(counterexample.linear!, counterexample.access),
        );
      },
    );
  }

  it('not: a claim that holds and must not', () => {
    const { mmu } = smallKernel('PAE');
    const { claims } = checkLayout(mmu, [named('x', not(unmapped([0, USER])), { title: 'Page 0 is used.' })]);
    expect(claims.map(({ name, title, ok }) => [name, title, ok])).toEqual([['x', 'Page 0 is used.', false]]);
    expect(claims[0]!.counterexample?.text).toBe(
      'the claim: expected that it does not hold, found that it holds',
    );
  });
});

describe('claims depend on the registers', () => {
  it('without CR0.WP a read-only page is not read-only for the supervisor', () => {
    const { memory, mapper } = smallKernel('32-bit');
    const mmu = new Mmu(memory, { ...mapper.registers, cr0: 0x8000_0001 });
    const { claims } = checkLayout(mmu, [readOnly('tables')]);
    expect(claims[0]!.counterexample?.mend).toBe(
      'set CR0.WP: the page is read-only, but WP is clear, and the supervisor writes all the same',
    );
  });

  it('under SMAP the supervisor cannot use user pages, unless EFLAGS.AC is set', () => {
    const { memory, mapper } = smallKernel('4-level');
    const mmu = new Mmu(memory, { ...mapper.registers, cr4: mapper.registers.cr4 | 0x20_0000 });
    const claim = denies([USER, USER + 0x2000], [READ, WRITE]);
    expect(checkLayout(mmu, [claim]).ok).toBe(true);
    mmu.alignmentCheck = true;
    expect(checkLayout(mmu, [claim]).ok).toBe(false);
  });

  it('a protection key refuses what the entries allow', () => {
    const { memory, mapper } = smallKernel('4-level');
    mapper.protect(USER, 0x1000, { protectionKey: 3 });
    const mmu = new Mmu(memory, { ...mapper.registers, cr4: mapper.registers.cr4 | 0x40_0000 });
    mmu.pkru = 0b01 << 6;
    const { claims } = checkLayout(mmu, [maps([USER, USER + 0x2000], 0x30_0000, { user: true })]);
    expect(claims[0]!.counterexample?.text).toMatch(/user read at 0x0040_0000.*protection key/);
    expect(claims[0]!.counterexample?.mend).toMatch(/a key that PKRU \(0x0000_0040\) allows/);
  });

  it('NX counts only once EFER.NXE is set; before, it is a reserved bit', () => {
    const { memory, mapper } = smallKernel('PAE');
    const mmu = new Mmu(memory, { ...mapper.registers, efer: 0 });
    const { claims } = checkLayout(mmu, [maps([DATA, DATA + 0x8000], DATA_FRAMES)]);
    expect(claims[0]!.counterexample?.mend).toMatch(
      /^set EFER\.NXE: while it is clear, NX \(bit 63\) of the PTE .* is reserved$/,
    );
    const older = new Mmu(memory, { ...mapper.registers, cpu: 'pentium-iii', efer: 0 });
    const { claims: there } = checkLayout(older, [maps([DATA, DATA + 0x8000], DATA_FRAMES)]);
    expect(there[0]!.counterexample?.mend).toMatch(/clear bit 63 of the PTE .* which is reserved/);
  });

  it('a large page is none until CR4.PSE is set', () => {
    const memory = new PhysicalMemory(2 ** 20);
    memory.writeUint32(0x1000, 0x40_0181); // P, PS, G
    const mmu = new Mmu(memory, { cr0: 0x8001_0001, cr3: 0x1000, cr4: 0x80 });
    const range = [0, 0x40_0000] as const;
    const mends = (claims: LayoutClaim[]): (string | undefined)[] =>
      checkLayout(mmu, claims, { confirm: 'mapped' }).claims.map(
        ({ counterexample }) => counterexample?.mend,
      );
    for (const mend of mends([maps(range, 0x40_0000), pageSize(range, 0x40_0000)])) {
      expect(mend).toBe(
        'set CR4.PSE: while it is clear, PS (bit 7) of the PDE at 0x0000_1000 (0x400181: P) means nothing, and the page is taken for a table',
      );
    }
    // What was not meant so is not mended so.
    expect(mends([maps(range, 0x80_0000)])[0]).toMatch(/^let the PTE at/);
    mmu.cr4 = 0x90;
    expect(checkLayout(mmu, [maps(range, 0x40_0000), pageSize(range, 0x40_0000), global(range)]).ok).toBe(
      true,
    );
  });

  it.each([32, 24])(
    'while paging is off every address is the physical one, on a board of %d lines',
    (addressLines) => {
      const memory = new PhysicalMemory(2 ** 20);
      const cpu = { ...CPU_MODELS.i386, addressLines };
      const claims = [
        identity([0, 0x10_0000], { writable: true, user: true }),
        unmapped([0xffff_f000, 0x1_0000_0000]),
      ];
      const { claims: judged } = checkLayout(new Mmu(memory, { cpu, cr0: 1 }), claims);
      expect(judged.map(({ name, ok }) => [name, ok])).toEqual([
        ['maps', true],
        ['unmapped', false],
      ]);
    },
  );
});

describe('checkLayout and tables that map one another', () => {
  it('ends, and says that the space cannot be looked at as a whole', () => {
    const memory = new PhysicalMemory(8 * 4096);
    for (let frame = 0; frame < 8; frame++) {
      for (let i = 0; i < 512; i++)
        memory.writeUint32(frame * 4096 + i * 8, ((i % 8) * 4096) | (i % 5 === 0 ? 1 : 3));
    }
    const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => 0, root: 0 });
    const mmu = new Mmu(memory, mapper.registers);
    const { ok, claims } = checkLayout(mmu, [], { maxRuns: 10_000 });
    expect([ok, claims.map(({ name }) => name)]).toEqual([false, ['bounded']]);
  });

  it('finds the writable window of a directory that maps itself', () => {
    const { memory, mapper, mmu } = smallKernel('32-bit');
    memory.writeUint32(mapper.root + 1020 * 4, mapper.root + 3);
    const { claims } = checkLayout(mmu, [
      readOnly('tables'),
      readOnly('tables', { except: [[0xff00_0000, 0xff40_0000]] }),
    ]);
    expect(claims.map(({ ok }) => ok)).toEqual([false, true]);
    expect(claims[0]!.counterexample?.linear).toBe(0xff00_0000 + (USER / 0x40_0000) * 4096);
  });
});

describe('the vocabulary refuses', () => {
  it.each([
    ['a border inside a page', () => unmapped([0x123, 0x2000]), /0x123 of a range is not a multiple of 4096/],
    ['an empty range', () => unmapped([0x2000, 0x2000]), /ends at 0x2000, not after its start/],
    ['a negative border', () => unmapped([-4096, 0]), /-4096 of a range is not a whole number/],
    ['too few frames', () => maps([0, 0x3000], [1, 2]), /2 frames are given for the 3 pages/],
    ['no frame', () => readOnly([-1]), /frame -1/],
    ['another word for tables', () => readOnly('table' as never), /'table' is neither 'tables'/],
    ['a physical address inside a page', () => maps([0, 0x1000], 5), /physical address 5/],
    ['nobody', () => closedTo('kernel' as never), /neither 'user' nor 'supervisor'/],
    ['an unknown page size', () => pageSize([0, 0x1000], 8192 as never), /8192/],
    ['an unknown memory type', () => cacheType([0, 0x1000], 'WX' as never), /WX/],
    ['an unknown access', () => grants([0, 0x1000], [3 as never]), /access 3/],
    ['no table at all', () => atMost({ tables: 0 }), /0 tables/],
    ['a choice of nothing', () => anyOf([]), /no claim/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
