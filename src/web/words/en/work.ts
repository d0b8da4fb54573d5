import type { Actor } from '../../session.ts';
import type { Totals } from '../../timeline.ts';

/** Asking for a walk, and stepping through it. */
export const WORK = {
  who: 'Who',
  /** By the ring: with Xen below the kernel, and without. */
  actors: { xen: 'Xen', kernel: 'kernel', program: 'program' },
  ring: (ring: number) => `ring ${ring}`,
  what: 'does what',
  kinds: ['read', 'write', 'run'] as readonly string[],
  address: 'at the address',
  slider: 'Drag through the address space',
  value: 'the value',
  places: 'Go to …',
  nowhere: 'nowhere',
  xenPlaces: ['Xen: a table to read', 'Xen itself'] as readonly string[],
  badAddress: (digits: number) => `Not an address: write up to ${digits} hexadecimal digits`,
  badValue: 'Not a value: write up to 8 hexadecimal digits',
  do: 'Do it',
  doHint: 'The CPU really does it: sets A and D, fills the TLB, or faults.',
  controls: 'Steps of the walk',
  first: 'To the first step',
  back: 'Back',
  forward: 'Next',
  all: 'To the end',
  play: 'Play',
  pause: 'Pause',
  position: (step: number, last: number) => `${step + 1} / ${last + 1}`,
  off: 'Paging is off (CR0.PG = 0): the linear address is the physical address.',
};

const WHO: Readonly<Record<Actor, string>> = {
  xen: 'Xen (ring 0)',
  kernel: 'The kernel',
  program: 'The program (ring 3)',
  you: 'You, from outside,',
  builder: 'The builder',
};
const DOES = ['reads', 'writes', 'runs code at'] as const;

/** The sentence read out for each step, and for whatever is done. */
export const SAY = {
  cr3: (value: string) => `CR3 holds ${value}: there, in physical memory, the topmost table begins.`,
  entry: (name: string, index: number, at: string, value: string) =>
    `The address selects entry ${index}: ${name}, at ${at}, holds ${value}.`,
  table: (target: string) => `It is present and points to the next table, at ${target}.`,
  page: (target: string) => `It is present and names the page, at ${target}.`,
  absent: 'Its bit P is 0: nothing is here.',
  reserved: 'A reserved bit is set.',
  rights: (rights: string) => `Allowed so far: ${rights}.`,
  right: {
    writable: ['read only', 'writable'],
    user: ['supervisor only', 'ring 3 too'],
    executable: ['no code', 'executable'],
  } as Readonly<Record<'writable' | 'user' | 'executable', readonly [string, string]>>,
  ok: (physical: string) => `The byte lies at physical address ${physical}. The access is allowed.`,
  fault: (name: string, why: string, code: string) =>
    `${name}. ${why}${code === '' ? '' : ` Error code ${code}.`}`,
  done: {
    /** An access that went through: who, what, where, to which place, what was read or written. */
    access: (
      who: Actor,
      kind: number,
      at: string,
      to: string,
      value: string | undefined,
      hit: boolean,
    ): string => {
      const what = `${WHO[who]} ${DOES[kind]} ${at}`;
      const with_ = value === undefined ? '' : kind === 1 ? `, the value ${value}` : `: ${value}`;
      return `${what}${kind === 1 ? with_ : ''}. It goes to physical ${to}${kind === 1 ? '' : with_}${hit ? ', straight from the TLB' : ''}.`;
    },
    fault: (who: Actor, kind: number, at: string, name: string, code: string) =>
      `${WHO[who]} ${DOES[kind]} ${at}: ${name}${code === '' ? '' : `, error code ${code}`}.`,
    sweep: (who: Actor, pages: number, at: string, hits: number, walks: number) =>
      `${WHO[who]} goes through ${pages} pages from ${at}: ${hits} times the TLB knew the way, ${walks} times the CPU had to walk.`,
    copy: (from: string, to: string) => `${WHO.kernel} copies the page at ${from} to ${to}.`,
    word: (at: string, value: string) => `${WHO.you} put ${value} into memory at ${at}. The CPU is not told.`,
    register: (who: Actor, name: string, value: string, dropped: number) =>
      `${WHO[who]} loads ${name} with ${value}.${dropped > 0 ? ` The TLB drops ${dropped} ${dropped === 1 ? 'entry' : 'entries'}.` : ''}`,
    invlpg: (who: Actor, at: string, dropped: number) =>
      `${WHO[who]} does INVLPG ${at}: ${dropped > 0 ? 'the TLB forgets the page' : 'the TLB held nothing of it'}.`,
    built: (requests: number) =>
      requests === 0
        ? 'The tables are empty: nothing is built yet.'
        : `Xen has done ${requests} of the builder’s requests.`,
    cpu: (name: string) => `${WHO.you} put in another CPU: ${name}, with an empty TLB.`,
  },
};

/** A line of what was done. */
export const HISTORY = {
  title: 'What was done',
  empty: 'Nothing yet.',
  who: {
    xen: 'Xen',
    kernel: 'kernel',
    program: 'program',
    you: 'you',
    builder: 'builder',
  } as Readonly<Record<Actor, string>>,
  kinds: ['reads', 'writes', 'runs'] as readonly string[],
  sweep: (pages: number, at: string, hits: number) => `${pages} pages from ${at}: ${hits} TLB hits`,
  copy: (from: string, to: string) => `copies a page from ${from} to ${to}`,
  fault: (code: string) => `fault, error code ${code}`,
  hit: 'from the TLB',
  memory: (at: string, value: string) => `memory ${at} ← ${value}`,
  invlpg: (at: string) => `INVLPG ${at}`,
  asks: (count: number, first: string) => `asks Xen for ${first}${count > 1 ? ` and ${count - 1} more` : ''}`,
  built: (requests: number) => `request ${requests}`,
  cpu: (name: string) => `CPU: ${name}`,
  /** The time axis. */
  strip: 'What was done so far: go to a moment',
  start: 'The beginning, before anything was done.',
  moment: (count: number, all: number) => `Moment ${count} of ${all}.`,
  undone: 'Taken back: a press does it again.',
  reads: (reads: number) =>
    reads === 0 ? '' : reads === 1 ? '1 read of a table.' : `${reads} reads of tables.`,
  totals: ({ hits, walks, faults, reads }: Totals) =>
    `${hits} from the TLB; ${walks} ${walks === 1 ? 'walk' : 'walks'}, ${faults} ${faults === 1 ? 'fault' : 'faults'}: ${reads} ${reads === 1 ? 'read' : 'reads'} of tables`,
};
