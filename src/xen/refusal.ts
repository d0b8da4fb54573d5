import { formatAddress } from '../arch/address.ts';
import { PTE_G, PTE_PAT } from '../arch/entry.ts';
import { type PageType, TYPE_NAMES } from './frame-table.ts';

/** What is wrong with a segment descriptor. */
export type DescriptorFault =
  | 'ring-0'
  | 'system-type'
  | 'gate-to-xen'
  | 'gate-reserved-bits'
  | 'wraps'
  | 'reaches-xen';

/** A rule that a call broke. */
export interface BrokenRule<Rule extends string> {
  /** Which. */
  readonly rule: Rule;
}

/** The same of a frame. */
export interface BrokenFrameRule<Rule extends string> extends BrokenRule<Rule> {
  /** Number of the frame that the rule is about. */
  readonly frame: number;
}

/** The same of an entry, or of a word of a list. */
export interface BrokenEntryRule<Rule extends string> extends BrokenRule<Rule> {
  /** All 32 bits of it. */
  readonly value: number;
}

/** Which rule a call broke, with the frames and entries concerned. Rules nest: a pin fails because an entry does. */
export type RefusalReason =
  /** The frame number is not one of this machine's. */
  | (BrokenFrameRule<'frame-beyond-memory'> & {
      /** How many frames there are. */
      readonly frameCount: number;
    })
  /** The frame belongs to nobody. */
  | BrokenFrameRule<'frame-free'>
  /** The frame belongs to somebody else. */
  | (BrokenFrameRule<'frame-not-owned'> & {
      /** Number of the domain that calls. */
      readonly caller: number;
      /** Number of the domain that owns it; undefined where that is no domain. */
      readonly owner: number | undefined;
    })
  /** The frame's owner is dying. */
  | BrokenFrameRule<'frame-dying'>
  /** The frame has as many references as its count word can hold. */
  | BrokenFrameRule<'count-overflow'>
  /** The frame is in use as something else, and types exclude one another. */
  | (BrokenFrameRule<'other-type'> & {
      /** As what it is in use. */
      readonly has: PageType;
      /** As what it should be used. */
      readonly wanted: PageType;
      /** References that need the type that it has. */
      readonly uses: number;
    })
  /** The type has as many references as the type word can hold. */
  | OfType<'type-count-overflow'>
  /** In use but not validated: the original waits here, for ever, since it is the only CPU. */
  | OfType<'validation-unfinished'>
  /** An entry of a table to be validated is refused. */
  | (OfType<'bad-entry'> &
      BrokenEntryRule<'bad-entry'> & {
        /** Its index in the table. */
        readonly entry: number;
        /** Why. */
        readonly because: RefusalReason;
      })
  /** Bits that no entry of this level may have: GLOBAL, and PAT (level 1) or PSE (level 2). */
  | (BrokenEntryRule<'forbidden-bits'> & {
      /** 1: of a page table, 2: of a directory. */
      readonly level: 1 | 2;
      /** Those bits, where they lie in the entry. */
      readonly bits: number;
    })
  /** The frame that a directory entry points to can be neither: a page table, or a directory mapped read-only. */
  | (BrokenFrameRule<'not-a-table'> & {
      /** Why it cannot be a page table. */
      readonly asTable: RefusalReason;
      /** Why it cannot be mapped as a directory. */
      readonly asDirectory: RefusalReason;
    })
  /** A directory may be mapped as a page table only without RW. */
  | (BrokenFrameRule<'linear-map-writable'> & BrokenEntryRule<'linear-map-writable'>)
  /** Only a directory that has been validated already may be mapped as a page table. */
  | (BrokenFrameRule<'not-a-directory'> & {
      /** As what it is in use. */
      readonly has: PageType;
    })
  /** Repaired: a directory may map itself, but no other, as a page table. */
  | (BrokenFrameRule<'linear-map-of-another'> & {
      /** Number of the directory's frame. */
      readonly directory: number;
    })
  /** Slots 1008–1023 of a directory are Xen's. */
  | (BrokenFrameRule<'xen-slot'> & {
      /** 1008 to 1023. */
      readonly slot: number;
    })
  /** Xen reads the entry through the linear page table, and that read faults. */
  | OfPage<'entry-not-readable'>
  /** Xen writes the entry through the linear page table, and that write faults: it obeys read-only entries too. */
  | OfPage<'entry-not-writable'>
  /** The entry is no longer what it was when it was read: `value`, now. */
  | BrokenEntryRule<'entry-changed'>
  /** Only domain 0 may do that. */
  | (BrokenRule<'not-privileged'> & {
      /** Number of the domain that calls. */
      readonly caller: number;
    })
  /** There is no such extended command. */
  | (BrokenRule<'unknown-command'> & {
      /** The low byte of the update's value. */
      readonly command: number;
    })
  /** The frame is pinned already. */
  | BrokenFrameRule<'already-pinned'>
  /** The frame is not pinned. */
  | BrokenFrameRule<'not-pinned'>
  /** The LDT's base is not page-aligned, it has more than 8192 entries, or it reaches Xen. */
  | (BrokenRule<'bad-ldt'> & {
      /** Linear address. */
      readonly base: number;
      /** How many it should have. */
      readonly entries: number;
    })
  /** The list of updates cannot be read any further. */
  | (BrokenRule<'list-unreadable'> & {
      /** Which update cannot, from 0. */
      readonly index: number;
    })
  /** The page lies in Xen's part of the address space. */
  | OfPage<'page-of-xen'>
  /** The descriptor would give access to Xen. */
  | (BrokenRule<'bad-descriptor'> & {
      /** Bits 31–0 of it. */
      readonly low: number;
      /** Bits 63–32. */
      readonly high: number;
      /** What is wrong with it. */
      readonly fault: DescriptorFault;
    })
  /** A descriptor lies at a multiple of 8. */
  | (BrokenRule<'descriptor-unaligned'> & {
      /** Machine address. */
      readonly address: number;
    })
  /** Entries 256–295 of the GDT in use are Xen's. */
  | (BrokenFrameRule<'reserved-descriptor'> & {
      /** Its index in the GDT. */
      readonly entry: number;
    })
  /** Repaired: the first page of a GDT cannot be another of its pages too. */
  | BrokenFrameRule<'gdt-page-twice'>
  /** A GDT has 296 to 8192 entries. */
  | (BrokenRule<'bad-gdt-size'> & {
      /** How many it should have. */
      readonly entries: number;
    });

interface OfType<Rule extends string> extends BrokenFrameRule<Rule> {
  /** The type that was wanted. */
  readonly type: PageType;
}

interface OfPage<Rule extends string> extends BrokenRule<Rule> {
  /** Linear address / 4096. */
  readonly page: number;
}

/** Why Xen refused a call: the rule, and the same in words. */
export type Refusal = RefusalReason & {
  /** One sentence or more, in plain English. */
  readonly text: string;
};

/** The same with its text. */
export function explained(reason: RefusalReason): Refusal {
  return { ...reason, text: describeRefusal(reason) };
}

const hex = (value: number): string => formatAddress(value >>> 0);
const frameName = (frame: number): string => `frame 0x${frame.toString(16)}`;
const typeName = (type: PageType): string => TYPE_NAMES[type]!;

/** A refusal in words. */
export function describeRefusal(reason: RefusalReason): string {
  switch (reason.rule) {
    case 'frame-beyond-memory':
      return `${frameName(reason.frame)} is beyond memory, which has 0x${reason.frameCount.toString(16)} frames`;
    case 'frame-free':
      return `${frameName(reason.frame)} belongs to nobody`;
    case 'frame-not-owned':
      return `${frameName(reason.frame)} belongs to ${reason.owner === undefined ? 'no domain' : `domain ${reason.owner}`}, not to domain ${reason.caller}`;
    case 'frame-dying':
      return `${frameName(reason.frame)} belongs to a domain that is being destroyed`;
    case 'count-overflow':
      return `${frameName(reason.frame)} has as many references as its count can hold`;
    case 'other-type':
      return `${frameName(reason.frame)} is in use as ${typeName(reason.has)} (${reason.uses} times) and cannot be ${typeName(reason.wanted)} at the same time`;
    case 'type-count-overflow':
      return `${frameName(reason.frame)} has as many references as ${typeName(reason.type)} as its count can hold`;
    case 'validation-unfinished':
      return `${frameName(reason.frame)} is in use as ${typeName(reason.type)} without having been validated; the original waits here for ever`;
    case 'bad-entry':
      return `${frameName(reason.frame)} is no valid ${typeName(reason.type)}: ${entryName(reason)}: ${describeRefusal(reason.because)}`;
    case 'forbidden-bits':
      return `a level-${reason.level} entry may not have ${bitNames(reason.level, reason.bits)} (value ${hex(reason.value)})`;
    case 'not-a-table':
      return `${frameName(reason.frame)} cannot be a page table (${describeRefusal(reason.asTable)}), nor be mapped as a directory (${describeRefusal(reason.asDirectory)})`;
    case 'linear-map-writable':
      return `a directory may be mapped as a page table only without RW (value ${hex(reason.value)})`;
    case 'not-a-directory':
      return `${frameName(reason.frame)} is no validated page directory but ${typeName(reason.has)}`;
    case 'linear-map-of-another':
      return `directory ${frameName(reason.directory)} may map itself as a page table, but not directory ${frameName(reason.frame)}`;
    case 'xen-slot':
      return `slot ${reason.slot} of directory ${frameName(reason.frame)} belongs to Xen (slots 1008 to 1023)`;
    case 'entry-not-readable':
      return `the entry of page ${hex(reason.page)} cannot be read through the linear page table: nothing is mapped there`;
    case 'entry-not-writable':
      return `the entry of page ${hex(reason.page)} cannot be written through the linear page table: the directory entry is read-only, and CR0.WP binds Xen too`;
    case 'entry-changed':
      return `the entry changed to ${hex(reason.value)} under Xen's hands`;
    case 'not-privileged':
      return `domain ${reason.caller} may not make unchecked updates; only domain 0 may`;
    case 'unknown-command':
      return `there is no extended command ${reason.command}`;
    case 'already-pinned':
      return `${frameName(reason.frame)} is pinned already`;
    case 'not-pinned':
      return `${frameName(reason.frame)} is not pinned`;
    case 'bad-ldt':
      return `an LDT of ${reason.entries} entries at ${hex(reason.base)} is not page-aligned, longer than 8192 entries, or reaches beyond 0xfc40_0000`;
    case 'list-unreadable':
      return `update ${reason.index} of the list cannot be read from the caller's memory`;
    case 'page-of-xen':
      return `page ${hex(reason.page)} belongs to Xen (pages from 0xf_c000 up)`;
    case 'bad-descriptor':
      return `descriptor ${hex(reason.high)}:${hex(reason.low)} is refused: ${DESCRIPTOR_FAULTS[reason.fault]}`;
    case 'descriptor-unaligned':
      return `descriptor address ${hex(reason.address)} is not a multiple of 8`;
    case 'reserved-descriptor':
      return `entry ${reason.entry} of the GDT in use (${frameName(reason.frame)}) belongs to Xen (entries 256 to 295)`;
    case 'gdt-page-twice':
      return `${frameName(reason.frame)} holds Xen's own descriptors as the GDT's first page and cannot be another page of it`;
    case 'bad-gdt-size':
      return `a GDT has 296 to 8192 entries, not ${reason.entries}`;
  }
}

const DESCRIPTOR_FAULTS: Readonly<Record<DescriptorFault, string>> = {
  'ring-0': 'its privilege level is 0',
  'system-type': 'of system descriptors only call gates are allowed',
  'gate-to-xen': 'the call gate leads to a selector that is not the guest’s own',
  'gate-reserved-bits': 'reserved bits of the call gate are set',
  wraps: 'base and limit run over the end of the address space',
  'reaches-xen': 'base and limit reach beyond 0xfc40_0000, into Xen',
};

function entryName({ type, entry, value }: { type: PageType; entry: number; value: number }): string {
  const what = type === 2 ? 'slot' : type === 1 ? 'entry' : 'descriptor';
  return `${what} ${entry} (${hex(value)})`;
}

function bitNames(level: 1 | 2, bits: number): string {
  const names = [];
  if ((bits & PTE_G) !== 0) names.push('GLOBAL (bit 8)');
  if ((bits & PTE_PAT) !== 0) names.push(level === 1 ? 'PAT (bit 7)' : 'PSE (bit 7)');
  return names.join(' and ');
}
