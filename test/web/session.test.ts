import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { READ, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { DEFAULT_SCENARIO } from '../../src/web/scenario.ts';
import { type Action, RefusedAction, Session } from '../../src/web/session.ts';
import { tickOf, totalsOf } from '../../src/web/timeline.ts';

const start = (): Session => Session.start(DEFAULT_SCENARIO);
const CR0_WP = 0x1_0000;

/** Everything that a session holds, for comparison. */
function stateOf({ machine, mmu, cpu }: Session): unknown {
  const bytes = machine.memory.read(0, machine.memory.sizeBytes);
  const hash = createHash('sha1').update(bytes).digest('hex');
  return { hash, cpu, cr0: mmu.cr0, cr3: mmu.cr3, cr4: mmu.cr4, tlb: mmu.tlb.entries() };
}

function leafAddress(session: Session, linear: number): number {
  return session.mmu.explain(linear, READ).steps.at(-1)!.entryAddress;
}

describe('Session', () => {
  it("makes a kernel's write to its own page directory fault", () => {
    const session = start();
    const directory = session.machine.domain!.loadAddress + (session.machine.domain!.pageCount - 1) * 4096;
    const { fault } = session.do({ kind: 'access', linear: directory, access: WRITE });
    expect(fault).toEqual({ vector: 14, code: 0b011, cr2: directory });
  });

  it('undoes everything that an action did, to the byte and the TLB entry', () => {
    const session = start();
    const before = stateOf(session);
    const pte = leafAddress(session, 0xc020_0000);
    const actions: Action[] = [
      { kind: 'access', linear: 0xc020_0000, access: WRITE },
      { kind: 'word', physical: pte, value: 0 },
      { kind: 'access', linear: 0xc020_0000, access: READ },
      { kind: 'byte', physical: pte + 1, value: 0x55 },
      { kind: 'register', name: 'cr0', value: (session.mmu.cr0 & ~CR0_WP) >>> 0 },
      { kind: 'invlpg', linear: 0xc020_0000 },
      { kind: 'cpu', cpu: 'i486' },
    ];
    const states = actions.map((action) => {
      const state = stateOf(session);
      session.do(action);
      return state;
    });
    for (const state of states.reverse()) {
      session.undo();
      expect(stateOf(session)).toEqual(state);
    }
    expect(stateOf(session)).toEqual(before);
    expect(session.canUndo).toBe(false);
  });

  it('starts over as it was built', () => {
    const session = start();
    const before = stateOf(session);
    session.do({ kind: 'access', linear: 0xc020_0000, access: WRITE });
    session.do({ kind: 'cpu', cpu: 'i386' });
    session.undo();
    session.reset();
    expect(stateOf(session)).toEqual(before);
    expect([session.canUndo, session.canRedo]).toEqual([false, false]);
  });

  it('redoes what was undone, until something else is done', () => {
    const session = start();
    session.do({ kind: 'access', linear: 0xc000_0000, access: READ });
    const after = stateOf(session);
    session.undo();
    session.redo();
    expect(stateOf(session)).toEqual(after);
    session.undo();
    session.do({ kind: 'access', linear: 0xc000_1000, access: READ });
    expect(session.canRedo).toBe(false);
  });

  it('goes to any moment, back and on again, and is what it was then', () => {
    const session = Session.start({ ...DEFAULT_SCENARIO, setting: 'plain' });
    const read: Action = { kind: 'access', linear: 0x0804_a000, access: USER_READ };
    const pte = session.mmu.explain(0x0804_a000, READ).steps.at(-1)!.entryAddress;
    const acts: Action[] = [
      read,
      { kind: 'word', physical: pte, value: 0 },
      read,
      { kind: 'invlpg', linear: 0x0804_a000 },
      read,
      { kind: 'sweep', linear: 0x4000_0000, access: USER_READ, pages: 40 },
    ];
    const moments = [stateOf(session)];
    for (const action of acts) {
      session.do(action);
      moments.push(stateOf(session));
    }
    const all = session.outcomes;
    // Read from the tables, out of date but remembered, forgotten: a walk of one loop after the other.
    expect(all.map(({ reads }) => reads)).toEqual([2, 0, 0, 0, 2, 80]);
    expect(all.map((outcome) => tickOf(outcome).kind)).toEqual([
      'walk',
      'change',
      'hit',
      'change',
      'fault',
      'walk',
    ]);
    expect(totalsOf(all)).toEqual({ hits: 1, walks: 41, faults: 1, reads: 84 });
    for (const moment of [3, 1, 6, 0, 5, 2]) {
      session.goTo(moment);
      expect(stateOf(session)).toEqual(moments[moment]);
      expect(session.outcomes).toEqual(all.slice(0, moment));
      expect(session.timeline).toEqual(all);
    }
    // Something else is done there, and what came after it is gone.
    session.do(read);
    expect(session.timeline).toHaveLength(3);
  });

  it('counts what a walk reads of tables, by mode and by where it ends', () => {
    const reads = (scenario: object, action: Partial<Action & { kind: 'access' }>): number =>
      Session.start({ ...DEFAULT_SCENARIO, ...scenario }).do({
        kind: 'access',
        linear: 0x0804_a000,
        access: USER_READ,
        ...action,
      }).reads;
    const plain = { setting: 'plain', cpu: 'ice-lake-server' };
    expect(reads({ ...plain, format: '32-bit' }, {})).toBe(2);
    // The four entries at the top are registers.
    expect(reads({ ...plain, format: 'PAE' }, {})).toBe(2);
    expect(reads({ ...plain, format: '4-level' }, {})).toBe(4);
    expect(reads({ ...plain, format: '5-level' }, {})).toBe(5);
    // A large page ends it early, as does what is absent; a segment or a bad address lets none begin.
    expect(reads({ ...plain, format: '32-bit' }, { linear: 0x8000_0000 })).toBe(1);
    expect(reads({ ...plain, format: '32-bit' }, { linear: 0 })).toBe(1);
    expect(reads({}, { linear: 0xfd00_0000, access: READ, limited: true })).toBe(0);
    expect(reads({ ...plain, format: '4-level' }, { linear: 0x8000_0000_0000, access: READ })).toBe(0);
    expect(reads({}, { linear: 0xc000_0000, access: WRITE, value: 1 })).toBe(2);
  });

  it('tells a TLB hit from a walk', () => {
    const session = start();
    const read: Action = { kind: 'access', linear: 0xc000_0000, access: READ };
    expect(session.do(read).hit).toBe(false);
    expect(session.do(read).hit).toBe(true);
    expect(session.do({ ...read, access: WRITE }).hit).toBe(false);
    expect(session.do({ ...read, access: USER_READ }).fault?.code).toBe(0b101);
  });

  it('builds the tables again by the requests of the builder, to the byte', () => {
    const session = start();
    const built = stateOf(session);
    const { domain } = session.machine;
    const all = domain!.updates.length / 2;
    const linear = 0xc000_0000;
    const reason = (): string => {
      const report = session.mmu.explain(linear, READ);
      return report.ok ? 'mapped' : `${report.fault.reason} ${report.fault.kind}`;
    };
    const seen = [0, 1, 2, 3, all].map((requests) => {
      session.do({ kind: 'built', requests });
      return [reason(), session.mmu.explain(0xfc50_0000, READ).ok];
    });
    expect(seen).toEqual([
      ['not-present PDE', false],
      ['not-present PDE', true],
      ['not-present PTE', true],
      ['mapped', true],
      ['mapped', true],
    ]);
    expect(stateOf(session)).toEqual(built);
    expect(() => session.do({ kind: 'built', requests: all + 1 })).toThrow(
      new RefusedAction({ about: 'requests', count: all + 1, all }),
    );
    for (const _ of seen) session.undo();
    expect(stateOf(session)).toEqual(built);
  });

  it('refuses what the CPU refuses, and then nothing has changed', () => {
    const session = Session.start({ ...DEFAULT_SCENARIO, cpu: 'i386' });
    const before = stateOf(session);
    expect(() => session.do({ kind: 'invlpg', linear: 0xc000_0000 })).toThrow(RefusedAction);
    expect(() => session.do({ kind: 'register', name: 'cr4', value: 0x10 })).toThrow(/#UD.*CR4/);
    expect(() => session.do({ kind: 'word', physical: 2 ** 40, value: 0 })).toThrow(RefusedAction);
    expect(stateOf(session)).toEqual(before);
    expect(session.actions).toEqual([]);
  });

  it.each(['PAE', '4-level'] as const)('maps the domain alike in %s tables', (format) => {
    const cpu = 'core2';
    const narrow = Session.start(DEFAULT_SCENARIO);
    const wide = Session.start({ ...DEFAULT_SCENARIO, format, cpu });
    expect(wide.mmu.mode).toBe(format);
    for (let page = 0; page < 4096; page += 61) {
      const linear = 0xc000_0000 + page * 4096;
      const [a, b] = [narrow.mmu.explain(linear, WRITE), wide.mmu.explain(linear, WRITE)];
      expect(b.ok).toBe(a.ok);
      if (a.ok && b.ok) expect(b.physical).toBe(a.physical);
    }
  });
});
