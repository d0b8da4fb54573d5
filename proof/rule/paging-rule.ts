/**
 * The manual's rule of paging as tables, to be read beside it: SDM 3A chapter 4, by its headings. Written from the
 * manual and not from src: it imports nothing of it, and states the shape of the modes, the reserved bits and
 * the rights once more on purpose. `npm run prove` shows that the walkers of src equal it for every memory.
 */

export type Mode = '32-bit' | 'PAE' | '4-level' | '5-level';

/** The registers and features that the rule depends on. */
export interface RuleState {
  readonly mode: Mode;
  /** As a 52-bit number. */
  readonly cr3: number;
  /** Low and high halves of the PDPTE registers of PAE, in turn, as int32. */
  readonly pdptes: ArrayLike<number>;
  readonly wp: boolean;
  readonly pse: boolean;
  readonly pge: boolean;
  readonly smep: boolean;
  readonly smap: boolean;
  readonly pke: boolean;
  readonly pks: boolean;
  readonly nxe: boolean;
  /** EFLAGS.AC. */
  readonly ac: boolean;
  readonly pkru: number;
  readonly pkrs: number;
  /** MAXPHYADDR, 32 to 52. */
  readonly maxPhysicalBits: number;
  readonly pse36: boolean;
  readonly page1g: boolean;
  /** The CPU is one of AMD: bit 8 of a PML4E and of a PML5E is reserved (APM 2, "Long-Mode Page Translation"). */
  readonly amd: boolean;
}

export type Who = 'user' | 'supervisor' | 'implicit';
export type What = 'read' | 'write' | 'fetch';

/** "Paging-structure tables": the entries from the root down, with the bits of the linear address that select each. */
const LEVELS = {
  '32-bit': [
    { name: 'PDE', from: 31, to: 22 },
    { name: 'PTE', from: 21, to: 12 },
  ],
  PAE: [
    { name: 'PDPTE register', from: 31, to: 30 },
    { name: 'PDE', from: 29, to: 21 },
    { name: 'PTE', from: 20, to: 12 },
  ],
  '4-level': [
    { name: 'PML4E', from: 47, to: 39 },
    { name: 'PDPTE', from: 38, to: 30 },
    { name: 'PDE', from: 29, to: 21 },
    { name: 'PTE', from: 20, to: 12 },
  ],
  '5-level': [
    { name: 'PML5E', from: 56, to: 48 },
    { name: 'PML4E', from: 47, to: 39 },
    { name: 'PDPTE', from: 38, to: 30 },
    { name: 'PDE', from: 29, to: 21 },
    { name: 'PTE', from: 20, to: 12 },
  ],
} as const;

/** "Formats of CR3 and Paging-Structure Entries": what bit 7 (PS) of a present entry means. */
const BIT_7 = {
  '32-bit': { PDE: 'maps a page if CR4.PSE', PTE: 'PAT' },
  PAE: { 'PDPTE register': 'nothing', PDE: 'maps a page', PTE: 'PAT' },
  '4-level': {
    PML4E: 'reserved',
    PDPTE: 'maps a page if the CPU has 1 GiB pages',
    PDE: 'maps a page',
    PTE: 'PAT',
  },
  '5-level': {
    PML5E: 'reserved',
    PML4E: 'reserved',
    PDPTE: 'maps a page if the CPU has 1 GiB pages',
    PDE: 'maps a page',
    PTE: 'PAT',
  },
} as const;

/**
 * "Determination of Access Rights": by the page (U/S of all its entries) and who makes the access, what must hold. RW is
 * the AND over all entries, NX the OR. Without EFER.NXE no page is NX.
 */
const RIGHTS = [
  // page   who           read              write                              fetch
  ['S', 'user', 'never', 'never', 'never'],
  ['S', 'supervisor', 'always', 'RW or WP=0', 'NX=0'],
  ['S', 'implicit', 'always', 'RW or WP=0', 'never'],
  ['U', 'user', 'always', 'RW', 'NX=0'],
  ['U', 'supervisor', 'SMAP=0 or AC', 'SMAP=0 or AC, and RW or WP=0', 'NX=0 and SMEP=0'],
  ['U', 'implicit', 'SMAP=0', 'SMAP=0, and RW or WP=0', 'never'],
] as const;

/**
 * "Determination of Access Rights", of shadow-stack accesses: by the page and by who makes the access. A page is a shadow
 * stack if R/W is 0 and D is 1 in the entry that maps it, and R/W is 1 in every other.
 */
const SHADOW_STACK_RIGHTS = [
  // page   who           read or write
  ['S', 'user', 'never'],
  ['S', 'supervisor', 'shadow stack'],
  ['U', 'user', 'shadow stack'],
  ['U', 'supervisor', 'never'],
] as const;

/** "Page-Fault Exceptions": the bits of the error code. */
const CODE = { P: 1, WR: 2, US: 4, RSVD: 8, ID: 16, PK: 32, SS: 64 } as const;

/** "Accessed and Dirty Flags": what a walk that succeeds sets. */
const [A, D] = [0x20, 0x40];

export interface RuleSuccess {
  readonly ok: true;
  readonly physical: number;
  readonly pageSize: number;
  readonly rights: { readonly writable: boolean; readonly user: boolean; readonly executable: boolean };
  readonly global: boolean;
  readonly sets: readonly { readonly entryAddress: number; readonly bits: number }[];
}

export interface RuleFault {
  readonly ok: false;
  readonly fault: { readonly code: number };
}

/**
 * What an access to a canonical linear address comes to.
 *
 * @param load - Reads a word of RAM, as int32; all ones where there is none.
 * @param low - Bits 31–0 of the linear address, int32.
 * @param high - Bits 63–32, int32; 0 outside long mode.
 * @param stack - The access is one to a shadow stack.
 */
export function ruleOutcome(
  state: RuleState,
  load: (physical: number) => number,
  low: number,
  high: number,
  who: Who,
  what: What,
  stack: boolean,
): RuleSuccess | RuleFault {
  const wide = state.mode !== '32-bit';
  const describe = describedBy(state, who, what) | (stack ? CODE.SS : 0);
  const used: { entryAddress: number; bits: number }[] = [];
  let table = state.cr3 - (state.cr3 % 4096);
  let [writable, user, noExecute] = [true, true, false];

  for (const level of LEVELS[state.mode]) {
    const index = field(low, high, level.from, level.to);
    if (level.name === 'PDPTE register') {
      // "PDPTE Registers": loaded with CR3; they hold no rights, and their reserved bits were checked then.
      const pdpte = state.pdptes[2 * index]!;
      if (!bit(pdpte, 0)) return { ok: false, fault: { code: describe } };
      table = address(pdpte, state.pdptes[2 * index + 1]!, 12);
      continue;
    }
    const entryAddress = table + index * (wide ? 8 : 4);
    const entry = load(entryAddress);
    const entryHigh = wide ? load(entryAddress + 4) : 0;
    if (!bit(entry, 0)) return { ok: false, fault: { code: describe } };

    const meaning = (BIT_7[state.mode] as Readonly<Record<string, string>>)[level.name]!;
    const last = level.name === 'PTE';
    const large = bit(entry, 7) && mapsPage(state, meaning);
    if (reserved(state, meaning, level.to, large, entry, entryHigh)) {
      return { ok: false, fault: { code: describe | CODE.P | CODE.RSVD } };
    }
    const isShadowStack = writable && !bit(entry, 1) && bit(entry, 6);
    writable = writable && bit(entry, 1);
    user = user && bit(entry, 2);
    noExecute = noExecute || (wide && state.nxe && bit(entryHigh, 31));
    if (!last && !large) {
      used.push({ entryAddress, bits: A });
      table = address(entry, entryHigh, 12);
      continue;
    }

    const allowed = stack
      ? allowsShadowStack(user ? 'U' : 'S', isShadowStack, who)
      : allows(state, user ? 'U' : 'S', writable, noExecute, who, what);
    const denied = keyDenies(state, user, (entryHigh >>> 27) & 0xf, who, what);
    if (denied || !allowed) {
      return { ok: false, fault: { code: describe | CODE.P | (denied ? CODE.PK : 0) } };
    }
    used.push({ entryAddress, bits: what === 'write' ? A + D : A });
    const pageSize = 2 ** level.to;
    const base = wide || last ? address(entry, entryHigh, level.to) : address4M(entry);
    return {
      ok: true,
      physical: base + ((low >>> 0) % pageSize),
      pageSize,
      rights: { writable, user, executable: !noExecute },
      global: bit(entry, 8) && state.pge,
      sets: used,
    };
  }
  throw new Error('the last level ends every walk');
}

function bit(word: number, number: number): boolean {
  return (word & (1 << number)) !== 0;
}

/** Bits `from` down to `to` of a 64-bit value in halves. */
function field(low: number, high: number, from: number, to: number): number {
  const mask = 2 ** (from - to + 1) - 1;
  if (from < 32) return (low >>> to) & mask;
  return to < 32 ? ((high << (32 - to)) | (low >>> to)) & mask : (high >>> (to - 32)) & mask;
}

/** The physical address in an entry: its bits 51 down to `to`. */
function address(low: number, high: number, to: number): number {
  return (high & 0xf_ffff) * 2 ** 32 + ((low & (-1 << to)) >>> 0);
}

/** A 4 MiB page: bits 31–22, and bits 20–13 are address bits 39–32 (PSE-36). */
function address4M(entry: number): number {
  return ((entry >>> 13) & 0xff) * 2 ** 32 + ((entry & (-1 << 22)) >>> 0);
}

function mapsPage(state: RuleState, meaning: string): boolean {
  if (meaning === 'maps a page') return true;
  if (meaning === 'maps a page if CR4.PSE') return state.pse;
  return meaning === 'maps a page if the CPU has 1 GiB pages' && state.page1g;
}

/** "Reserved bits": those of the tables 4-4 to 4-20 that a walk checks. */
function reserved(
  state: RuleState,
  meaning: string,
  shift: number,
  large: boolean,
  low: number,
  high: number,
): boolean {
  if (state.mode === '32-bit') {
    if (!large) return false;
    // "4-MByte pages": bits 21 down to M−19, where M is at most 40; without PSE-36 down to 13.
    const lowest = state.pse36 ? Math.min(state.maxPhysicalBits, 40) - 19 : 13;
    return (low & 0x3f_ffff) >>> lowest !== 0;
  }
  if (bit(low, 7) && !large && meaning !== 'PAT') return true;
  // PML4E and PML5E.
  if (state.amd && shift >= 39 && bit(low, 8)) return true;
  // A large page of 2^shift bytes: bits shift−1 down to 13.
  if (large && field(low, high, shift - 1, 13) !== 0) return true;
  // Address bits that the CPU lacks; PAE reserves everything up to bit 62.
  const beyond = state.mode === 'PAE' ? high & 0x7fff_ffff : high & 0xf_ffff;
  if (beyond >>> (state.maxPhysicalBits - 32) !== 0) return true;
  return !state.nxe && bit(high, 31);
}

function allows(state: RuleState, page: 'U' | 'S', rw: boolean, nx: boolean, who: Who, what: What): boolean {
  const column = what === 'read' ? 2 : what === 'write' ? 3 : 4;
  const written = rw || !state.wp;
  let allowed = false;
  for (const row of RIGHTS) {
    if (row[0] !== page || row[1] !== who) continue;
    switch (row[column]) {
      case 'always':
        allowed = true;
        break;
      case 'RW':
        allowed = rw;
        break;
      case 'RW or WP=0':
        allowed = written;
        break;
      case 'NX=0':
        allowed = !nx;
        break;
      case 'NX=0 and SMEP=0':
        allowed = !nx && !state.smep;
        break;
      case 'SMAP=0':
        allowed = !state.smap;
        break;
      case 'SMAP=0 or AC':
        allowed = !state.smap || state.ac;
        break;
      case 'SMAP=0, and RW or WP=0':
        allowed = !state.smap && written;
        break;
      case 'SMAP=0 or AC, and RW or WP=0':
        allowed = (!state.smap || state.ac) && written;
        break;
      default:
        allowed = false;
    }
  }
  return allowed;
}

function allowsShadowStack(page: 'U' | 'S', isShadowStack: boolean, who: Who): boolean {
  let allowed = false;
  for (const row of SHADOW_STACK_RIGHTS) {
    if (row[0] === page && row[1] === who) allowed = row[2] === 'shadow stack' && isShadowStack;
  }
  return allowed;
}

/** "Protection Keys": AD forbids data accesses, WD writes; for the supervisor WD counts only with CR0.WP. */
function keyDenies(state: RuleState, user: boolean, key: number, who: Who, what: What): boolean {
  if (state.mode === '32-bit' || state.mode === 'PAE' || what === 'fetch') return false;
  if (!(user ? state.pke : state.pks)) return false;
  const pair = ((user ? state.pkru : state.pkrs) >>> (2 * key)) & 3;
  if (bit(pair, 0)) return true;
  return bit(pair, 1) && what === 'write' && (who === 'user' || state.wp);
}

/** The bits that describe the access. I/D is told only where NX (with PAE) or SMEP is in force. */
function describedBy(state: RuleState, who: Who, what: What): number {
  const fetchTold = (state.mode !== '32-bit' && state.nxe) || state.smep;
  return (
    (what === 'write' ? CODE.WR : 0) |
    (who === 'user' ? CODE.US : 0) |
    (what === 'fetch' && fetchTold ? CODE.ID : 0)
  );
}
