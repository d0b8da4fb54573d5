import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PTE_RW, WRITE } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { ASKS, type AskName, askFor, entryOf, seenAt, translatedBy } from '../../src/web/asks.ts';
import { outcomeSentence } from '../../src/web/narrate.ts';
import { frameRoles } from '../../src/web/roles.ts';
import { DEFAULT_SCENARIO } from '../../src/web/scenario.ts';
import { type Outcome, RefusedAction, Session } from '../../src/web/session.ts';
import { LANGUAGES } from '../../src/web/words/index.ts';
import { describeRefusal, type RefusalReason } from '../../src/xen/index.ts';

const start = (): Session => Session.start(DEFAULT_SCENARIO);
const ask = (session: Session, name: AskName): Outcome =>
  session.do({ kind: 'ask', updates: askFor(name, session) });
const hashOf = ({ machine: { memory } }: Session): string =>
  createHash('sha1').update(memory.read(0, memory.sizeBytes)).digest('hex');

/** The rule that each example breaks; undefined: it is granted. */
const RULES: Readonly<Record<AskName, RefusalReason['rule'] | undefined>> = {
  'read-only': undefined,
  'own-table': 'other-type',
  foreign: 'frame-not-owned',
  'xen-frame': 'frame-free',
  'xen-slot': 'xen-slot',
  'data-as-table': 'not-a-table',
  global: 'forbidden-bits',
  list: 'frame-free',
  'linear-map': undefined,
  // The hole of 2004: bits of an entry that is there already are not looked at.
  'linear-writable': undefined,
};

describe('Xen below the domain', () => {
  it('answers each example by its rule, writes what it grants, and leaves what it refuses', () => {
    const session = start();
    for (const name of ASKS) {
      const updates = askFor(name, session);
      const before = updates.map(([pointer]) => session.machine.memory.loadWord(pointer) >>> 0);
      const { answer, who, fault } = ask(session, name);
      const rule = RULES[name];
      expect(who).toBe('kernel');
      expect(fault).toBeUndefined();
      expect(answer?.refusal?.rule, name).toBe(rule);
      expect(answer?.result, name).toBe(rule === undefined ? 0 : -22);
      expect(answer?.applied, name).toBe(name === 'list' || rule === undefined ? 1 : 0);
      const after = updates.map(([pointer]) => session.machine.memory.loadWord(pointer) >>> 0);
      const wanted = updates.map(([, value], i) => (i < answer!.applied ? value : before[i]));
      expect(after, name).toEqual(wanted);
    }
  });

  it('lets no write of the kernel’s own reach an entry that it grants', () => {
    const session = start();
    const updates = askFor('read-only', session);
    const [[pointer, value]] = updates as [[number, number]];
    const { pages } = frameRoles(session.machine);
    const linear = seenAt(session.machine.domain!, pages[Math.floor(pointer / 4096)]!, pointer)!;
    const { fault } = session.do({ kind: 'access', linear, access: WRITE, value });
    expect(fault).toEqual({ vector: 14, code: 0b011, cr2: linear });
    expect(ask(session, 'read-only').answer).toEqual({ result: 0, applied: 1 });
    expect(session.machine.memory.loadWord(pointer) >>> 0).toBe(value);
  });

  it('sees all that was done before it was first asked, and can be undone to the byte', () => {
    const session = start();
    const fresh = hashOf(session);
    session.do({ kind: 'access', linear: 0xc018_0000, access: WRITE, value: 0x1234_5678 });
    const written = hashOf(session);
    ask(session, 'foreign');
    ask(session, 'read-only');
    const asked = hashOf(session);
    expect(session.mmu.explain(0xc018_0000, WRITE).ok).toBe(false);
    expect(session.machine.memory.readUint32(0x0140_0000 + 24 * 0x32d9 + 8), 'an owner').not.toBe(0);
    session.undo();
    session.redo();
    expect(hashOf(session)).toBe(asked);
    session.undo();
    session.undo();
    expect(hashOf(session)).toBe(written);
    session.reset();
    expect(hashOf(session)).toBe(fresh);
  });

  it('does to the TLB what Xen does: the translation of an entry that lost RW is forgotten', () => {
    const session = start();
    session.do({ kind: 'access', linear: 0xc018_0000, access: WRITE });
    expect(session.mmu.tlb.lookup(0xc018_0000)?.rights.writable).toBe(true);
    // A page that was mapped writable and becomes a table: Xen flushes before it believes in it.
    const [entry, value] = entryOf(session.mmu, 0xc018_0000);
    const frame = value - (value % 4096);
    session.do({
      kind: 'ask',
      updates: [
        [entry, (value & ~PTE_RW) >>> 0],
        [session.machine.domain!.pageDirectory, (frame | 0x67) >>> 0],
      ],
    });
    expect(session.outcomes.at(-1)?.answer).toEqual({ result: 0, applied: 2 });
    expect(session.mmu.tlb.lookup(0xc018_0000)).toBeUndefined();
    expect(session.mmu.explain(0xc018_0000, WRITE).ok).toBe(false);
  });

  it('changes the entry of the page that is then looked at', () => {
    const session = start();
    const at = (name: AskName): number | undefined => translatedBy(session, askFor(name, session)[0]![0]);
    const places = ASKS.map((name) => at(name));
    const own = 0xc018_0000;
    expect(places).toEqual([own, 0xc0ff_f000, own, own, 0xfc00_0000, 0, own, own, 0, 0]);
    expect(translatedBy(session, 0x10_0000)).toBeUndefined();
  });

  it('is not asked where there is none, nor while the building is played back', () => {
    const pae = Session.start({ ...DEFAULT_SCENARIO, format: 'PAE', cpu: 'core2' });
    expect(pae.canAsk).toBe(false);
    expect(() => pae.do({ kind: 'ask', updates: [[0, 0]] })).toThrow(RefusedAction);
    const session = start();
    session.do({ kind: 'built', requests: 5 });
    expect(() => ask(session, 'read-only')).toThrow('played');
    expect(session.machine.memory).toBeInstanceOf(PhysicalMemory);
  });
});

/** One refusal by each rule. */
const REASONS: readonly RefusalReason[] = [
  { rule: 'frame-beyond-memory', frame: 0x4000, frameCount: 0x4000 },
  { rule: 'frame-free', frame: 0x100 },
  { rule: 'frame-not-owned', frame: 0x2c04, caller: 1, owner: 0 },
  { rule: 'frame-not-owned', frame: 0x2c04, caller: 1, owner: undefined },
  { rule: 'frame-dying', frame: 0x100 },
  { rule: 'count-overflow', frame: 0x100 },
  { rule: 'other-type', frame: 0x100, has: 1, wanted: 7, uses: 2 },
  { rule: 'type-count-overflow', frame: 0x100, type: 2 },
  { rule: 'validation-unfinished', frame: 0x100, type: 1 },
  { rule: 'forbidden-bits', level: 1, value: 0x1234_5180, bits: 0x180 },
  { rule: 'forbidden-bits', level: 2, value: 0x1234_5080, bits: 0x80 },
  { rule: 'linear-map-writable', frame: 0x100, value: 0x10_0063 },
  { rule: 'not-a-directory', frame: 0x100, has: 1 },
  { rule: 'linear-map-of-another', frame: 0x100, directory: 0x101 },
  { rule: 'xen-slot', frame: 0x100, slot: 1008 },
  { rule: 'entry-not-readable', page: 0xc0000 },
  { rule: 'entry-not-writable', page: 0xc0000 },
  { rule: 'entry-changed', value: 0x63 },
  { rule: 'not-privileged', caller: 1 },
  { rule: 'unknown-command', command: 77 },
  { rule: 'already-pinned', frame: 0x100 },
  { rule: 'not-pinned', frame: 0x100 },
  { rule: 'bad-ldt', base: 0x1234, entries: 9000 },
  { rule: 'list-unreadable', index: 3 },
  { rule: 'page-of-xen', page: 0xfc000 },
  { rule: 'bad-descriptor', low: 1, high: 2, fault: 'ring-0' },
  { rule: 'descriptor-unaligned', address: 0x1234 },
  { rule: 'reserved-descriptor', frame: 0x100, entry: 257 },
  { rule: 'gdt-page-twice', frame: 0x100 },
  { rule: 'bad-gdt-size', entries: 9 },
];

describe.each(Object.entries(LANGUAGES))('refusals in the language %s', (code, { xen }) => {
  const asTable = REASONS[6]!;
  const nested: readonly RefusalReason[] = [
    { rule: 'bad-entry', frame: 0x100, type: 1, entry: 5, value: 0x63, because: asTable },
    { rule: 'not-a-table', frame: 0x100, asTable, asDirectory: REASONS[11]! },
  ];

  it('name the same numbers as the library, by every rule', () => {
    const numbers = (text: string): string[] => (text.match(/0x[\da-f_]+|\b\d+\b/g) ?? []).sort();
    for (const reason of [...REASONS, ...nested]) {
      const text = xen.because(reason);
      expect(numbers(text), text).toEqual(numbers(describeRefusal(reason)));
      expect(text === describeRefusal(reason), text).toBe(code === 'en');
    }
  });
});

describe('what is said of a list', () => {
  it('is which update was refused, why, and what stays done', () => {
    const session = start();
    expect(outcomeSentence(ask(session, 'list'))).toBe(
      'The kernel asks Xen: refused with −22 (EINVAL), since frame 0x100 belongs to nobody. Update 2 of 3 was refused. The one before it is done and stays.',
    );
  });
});
