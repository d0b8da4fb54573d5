import { example, FAULT, flag, type Line, Mapper, Mmu, number, PhysicalMemory } from './machine.ts';

const CR4 = {
  pae: 0x20,
  pge: 0x80,
  pcide: 0x2_0000,
  smep: 0x10_0000,
  smap: 0x20_0000,
  pke: 0x40_0000,
  pks: 0x100_0000,
};
const CPU = 'sapphire-rapids';
const PAGE = 0x3000_0000;
const MOVED = 0x5000_0000;

interface Started {
  readonly mmu: InstanceType<typeof Mmu>;
  readonly mapper: InstanceType<typeof Mapper>;
}

/** 4-level paging with one page mapped. */
function start(linear: bigint, attributes: object, cr0 = 0x8000_0001, more = 0): Started {
  const memory = new PhysicalMemory(0x20_0000);
  let next = 1;
  const mapper = new Mapper(memory, { mode: '4-level', cpu: CPU, allocateFrame: () => next++ });
  mapper.map(linear, PAGE, 4096, { writable: true, accessed: true, dirty: true, ...attributes });
  const mmu = new Mmu(memory, {
    cpu: CPU,
    cr0,
    cr3: mapper.root,
    cr4: CR4.pae | CR4.pge | CR4.pcide | more,
    efer: 0x900,
  });
  return { mmu, mapper };
}

function canonical(low: number, high: number): bigint {
  const page = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return BigInt.asUintN(64, BigInt.asIntN(47, page)) & ~0xfffn;
}

/** A page of the counterexample's rights and key is used, registers change, and it is used again. */
export function wideGrants(): Record<string, Line> {
  const rights = number('rights');
  const linear = canonical(number('linear_low'), number('linear_high'));
  const attributes = {
    writable: (rights & 1) !== 0,
    user: (rights & 2) !== 0,
    dirty: (rights & 4) !== 0,
    executable: (rights & 8) === 0,
    protectionKey: number('page_key'),
    global: flag('page_global'),
  };
  const access = number('access') as 0;
  const told: number[] = [];
  const found: number[] = [];
  // The number of changes in between decides the epoch; another access may bring the entry up to date.
  const tries = [0, 1, 2, 4, 5, 6].flatMap((other) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((changes) => [other, changes] as const),
  );
  for (const [other, changes] of tries) {
    const { mmu } = start(linear, attributes);
    mmu.translate(linear, 0);
    for (let i = 0; i < changes; i++) mmu.alignmentCheck = !mmu.alignmentCheck;
    mmu.cr0 = 0x8000_0001 + (number('cr0') & 0x1_0000);
    mmu.cr4 = CR4.pae | CR4.pge | CR4.pcide | (number('cr4') & (CR4.smep | CR4.smap | CR4.pke | CR4.pks));
    mmu.pkru = number('pkru');
    mmu.pkrs = number('pkrs');
    mmu.alignmentCheck = flag('alignmentCheck');
    const report = mmu.explain(linear, access);
    if (mmu.explain(linear, other as 0).ok) mmu.translate(linear, other as 0);
    // Twice: the first may bring the entry up to date, the second hits.
    found.push(mmu.translate(linear, access), mmu.translate(linear, access));
    const physical = report.ok ? report.physical : FAULT;
    told.push(physical, physical);
  }
  return { translate: found.join(', '), explain: told.join(', ') };
}

type Step = (machine: Started, linear: bigint) => void;

/** MOV CR3: PCID 5, or 0 as at the start, with the same tables. @param keeps - Bit 63: nothing is flushed. */
function loadCr3({ mmu, mapper }: Started, pcid: number, keeps: boolean): void {
  mmu.cr3 = BigInt(mapper.root + pcid) | (keeps ? 1n << 63n : 0n);
}

/** What ends the life of an entry, or another's view of it; the page has moved meanwhile. */
const ENDS: Readonly<Record<string, readonly [global: boolean, step: Step]>> = {
  'a load of CR3': [false, (machine) => loadCr3(machine, 0, false)],
  'a change of CR4.PGE': [
    true,
    ({ mmu }) => {
      mmu.cr4 &= ~CR4.pge;
    },
  ],
  'another PCID': [false, (machine) => loadCr3(machine, 5, true)],
  'another PCID and back by a flush': [
    false,
    (machine) => {
      loadCr3(machine, 5, true);
      loadCr3(machine, 0, false);
    },
  ],
  INVLPG: [true, ({ mmu }, linear) => mmu.invlpg(linear)],
  'INVPCID of an address': [false, ({ mmu }, linear) => mmu.invpcid(0, 0, linear)],
  'INVPCID of a PCID': [false, ({ mmu }) => mmu.invpcid(1, 0)],
  'INVPCID of all': [true, ({ mmu }) => mmu.invpcid(2)],
  'INVPCID of all but global pages': [false, ({ mmu }) => mmu.invpcid(3)],
  'a flush of the PCID from another': [
    false,
    (machine) => {
      loadCr3(machine, 5, true);
      machine.mmu.invpcid(1, 0);
      loadCr3(machine, 0, true);
    },
  ],
};

/** Registers that change what an entry grants, and so begin an epoch: on a user page of key 1, asked by the supervisor. */
const CHANGES: Readonly<Record<string, (machine: Started, allows: boolean) => void>> = {
  'EFLAGS.AC': ({ mmu }, allows) => {
    mmu.alignmentCheck = allows;
  },
  PKRU: ({ mmu }, allows) => {
    mmu.alignmentCheck = true;
    mmu.pkru = allows ? 0 : 0xffff_ffff;
  },
};

/** Epochs until their numbers begin anew. */
const TURN = 0xffff;

/** Entries die when they must, at the address and PCID of the counterexample and at others of its slot. */
export function wideLives(): Record<string, Line> {
  const linear = canonical(number('linear_low'), number('linear_high'));
  const found: Record<string, Line> = {};
  const note = (name: string, { mmu }: Started, at: bigint, access: 0 | 4 = 0): void => {
    const report = mmu.explain(at, access);
    found[`asked after ${name}`] = `${report.ok ? report.physical : FAULT}`;
    found[`found after ${name}`] = `${mmu.translate(at, access)}`;
  };
  for (const [name, [global, step]] of Object.entries(ENDS)) {
    const machine = start(linear, { global });
    machine.mmu.translate(linear, 0);
    machine.mapper.unmap(linear, 4096);
    machine.mapper.map(linear, MOVED, 4096, { writable: true });
    step(machine, linear);
    note(name, machine, linear);
  }
  for (const other of [
    linear ^ 0x1000_0000n,
    linear ^ 0x1_0000_0000n,
    linear ^ 0x8000_0000n,
    linear ^ 0x1000n,
  ]) {
    const machine = start(linear, {});
    machine.mmu.translate(linear, 0);
    machine.mapper.map(other, MOVED, 4096, {});
    note(`a use of ${linear.toString(16)} at ${other.toString(16)}`, machine, other);
  }
  for (const [name, change] of Object.entries(CHANGES)) {
    const fresh = (): Started => {
      const machine = start(linear, { user: true, protectionKey: 1 }, 0x8001_0001, CR4.smap | CR4.pke);
      change(machine, true);
      machine.mmu.translate(linear, 0);
      return machine;
    };
    const once = fresh();
    change(once, false);
    note(`a change of ${name}`, once, linear);

    const away = fresh();
    loadCr3(away, 5, true);
    change(away, false);
    loadCr3(away, 0, true);
    note(`a change of ${name} under another PCID`, away, linear);

    const back = start(linear, { user: true, protectionKey: 1 }, 0x8001_0001, CR4.smap | CR4.pke);
    change(back, true);
    loadCr3(back, 5, true);
    back.mmu.translate(linear, 0);
    loadCr3(back, 0, true);
    change(back, false);
    loadCr3(back, 5, true);
    note(`a change of ${name} under the PCID before`, back, linear);

    const turn = fresh();
    const changes = name === 'PKRU' ? TURN + 1 : TURN;
    for (let i = 1; i <= changes; i++) change(turn, name === 'PKRU' ? i % 2 === 1 : i % 2 === 0);
    note(`a turn of epochs by ${name}`, turn, linear);
  }
  return found;
}

const ACCESSES = [0, 1, 4, 5] as const;

type Way = (mmu: InstanceType<typeof Mmu>, at: bigint, access: 0 | 1 | 4 | 5) => number;

const WAYS: Readonly<Record<string, Way>> = {
  translateHalves: (mmu, at, access) =>
    mmu.translateHalves(Number(BigInt.asIntN(32, at)), Number(BigInt.asIntN(32, at >> 32n)), access),
  translate: (mmu, at, access) => mmu.translate(at < 2n ** 53n ? Number(at) : at, access),
  'translate of a bigint': (mmu, at, access) => mmu.translate(at, access),
  translateMany: (mmu, at, access) => {
    const physical = new Float64Array(1);
    return mmu.translateMany(BigUint64Array.of(at), physical, access) === 1 ? physical[0]! : FAULT;
  },
};

/** The ways to ask for an address of long mode, while another page holds its slot, or the page without the right. */
export function wideLooks(): Record<string, Line> {
  const first = canonical(number('linear_low'), number('linear_high'));
  const slot = Number((first >> 12n) & 0xffffn);
  const held = (name: string): number =>
    example.arrays.find(([of, at]) => of === name && at === slot)?.[2] ?? 0;
  const cached = canonical((held('wide_words') & -0x1000_0000) | (slot << 12), held('wide_highs'));
  const found: Record<string, Line> = {};
  // One that a number holds is among them, so that `translate` is asked by number.
  for (const asked of [BigInt.asUintN(46, first), first, first ^ 0x3000_0000n]) {
    const bare = asked & ~0xf000_0000n;
    const others = [cached, asked ^ 0x1000_0000n, asked ^ 0x1_0000_0000n, asked ^ 0x8000_0000n, bare, asked];
    const tries = others.flatMap((other) => ACCESSES.map((access) => [other, access] as const));
    for (const [other, access] of tries) {
      const user = (access & 4) !== 0;
      for (const [name, way] of Object.entries(WAYS)) {
        const rights = other === asked ? { user: !user, writable: false, dirty: false } : { user };
        const { mmu, mapper } = start(other, rights, 0x8001_0001);
        if (other !== asked) mapper.map(asked, MOVED, 4096, { user, writable: true });
        // Used by the other, by a few accesses; then asked for.
        for (const before of [4, 1, access, 0] as const) mmu.translate(other, before);
        const at = asked + 0x123n;
        const report = mmu.explain(at, access);
        const told = report.ok ? report.physical : FAULT;
        const how = `by ${name} for ${access} at ${asked.toString(16)}, ${other.toString(16)} cached`;
        found[`asked ${how}`] = `${told}, ${told}`;
        found[`found ${how}`] = `${way(mmu, at, access)}, ${way(mmu, at, access)}`;
      }
    }
  }
  return found;
}
