import type { Access } from '../arch/access.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { EntryKind, PageSize, PagingMode } from '../arch/paging-modes.ts';

export type { EntryKind, MemoryType, PageSize, PagingMode };

/** What the entries passed so far allow, combined by AND (NX: by OR) as the CPU does. */
export interface Rights {
  /** R/W of every entry so far. The supervisor needs it only while CR0.WP is set. */
  readonly writable: boolean;
  /** U/S of every entry so far: user mode may use the page. */
  readonly user: boolean;
  /** No entry so far has NX set (always true where EFER.NXE is clear). */
  readonly executable: boolean;
}

/** The name of a bit of an entry. */
export type EntryFlag = 'P' | 'RW' | 'US' | 'PWT' | 'PCD' | 'A' | 'D' | 'PS' | 'PAT' | 'G' | 'NX';

/** One entry that the walk reads. */
export interface WalkStep {
  /** What kind of entry it is. */
  readonly kind: EntryKind;
  /** Levels above the last one: 0 for a PTE. */
  readonly level: number;
  /** Lowest bit of the index in the linear address. */
  readonly shift: number;
  /** Width of the index in bits; a table holds 2^indexBits entries. */
  readonly indexBits: number;
  /** Bytes of the linear space that the entry stands for: 2^shift. */
  readonly bytes: number;
  /** Index of the entry in its table. */
  readonly index: number;
  /** Physical address of the table, from CR3 or from the entry before. */
  readonly tableAddress: number;
  /** Physical address of the entry. */
  readonly entryAddress: number;
  /** Where the value came from: RAM, a PDPTE register of PAE, or nowhere (all ones, beyond the end of RAM). */
  readonly source: 'ram' | 'register' | 'open-bus';
  /** The raw entry; a bigint only where it does not fit a number. */
  readonly entry: number | bigint;
  /** Size of the entry: 4 bytes in 32-bit paging, else 8. */
  readonly entryBytes: 4 | 8;
  /** The names of its set bits that mean something at this level, such as `P`, `RW`, `US`, `A`, `D`, `PS`, `G`, `NX`. */
  readonly flags: readonly EntryFlag[];
  /** Set bits that this CPU reserves here (bit numbers, low first). Not empty: the walk faults here with RSVD. */
  readonly reservedBits: readonly number[];
  /** What the entry does to the walk. */
  readonly leadsTo: 'table' | 'page' | 'not-present' | 'reserved-bit';
  /** Physical base of the table or page it points to; undefined where it points nowhere. */
  readonly target: number | undefined;
  /** The rights after this entry. */
  readonly rights: Rights;
}

/** Why a translation fails. */
export type FaultReason =
  | 'not-present'
  | 'reserved-bit'
  | 'user-access-to-supervisor-page'
  | 'write-to-read-only-page'
  | 'fetch-from-no-execute-page'
  | 'supervisor-fetch-from-user-page'
  | 'supervisor-access-to-user-page'
  | 'not-a-shadow-stack'
  | 'shadow-stack-of-the-user'
  | 'protection-key'
  | 'not-canonical'
  | 'segment-limit'
  | 'segment-type';

/** A translation's failure, decoded. */
export interface WalkFault {
  /** 14 #PF, 13 #GP or 12 #SS. */
  readonly vector: number;
  /** Why, for programs. */
  readonly reason: FaultReason;
  /** The error code that the CPU pushes. */
  readonly code: number;
  /** What CR2 holds afterwards: the linear address for #PF; unchanged by #GP and #SS. */
  readonly cr2: number | bigint;
  /** The entry at which a missing or malformed translation was found; undefined where rights or the address failed. */
  readonly kind: EntryKind | undefined;
}

interface WalkReportBase {
  /** The address as it was translated: modulo 2^32, in long mode 2^64, and after linear-address masking. */
  readonly linear: number | bigint;
  /** The pointer that was given, where linear-address masking has made another address of it; else absent. */
  readonly pointer?: number | bigint;
  /** The access that was explained. */
  readonly access: Access;
  /** The paging mode that was in force. */
  readonly mode: PagingMode;
  /** CR3 as the walk used it. */
  readonly cr3: number | bigint;
  /** The entries read, from the root down. Empty where paging is off or the address is refused first. */
  readonly steps: readonly WalkStep[];
}

/** Bits that the CPU sets in an entry. */
export interface SetBits {
  /** Physical address of the entry. */
  readonly entryAddress: number;
  /** The bits: A, D or both. */
  readonly bits: number;
}

/** The result of a walk that translates. */
export interface WalkSuccess extends WalkReportBase {
  /** It translates. */
  readonly ok: true;
  /** Physical address of the byte. */
  readonly physical: number;
  /** Size of the page that holds it. */
  readonly pageSize: PageSize;
  /** What all entries together allow. */
  readonly rights: Rights;
  /** The translation is global: its leaf has G set and CR4.PGE is on. */
  readonly global: boolean;
  /** Memory type that PAT, PCD and PWT of the leaf select. */
  readonly memoryType: MemoryType;
  /** Protection key of the page, 0–15; undefined where CR4.PKE and CR4.PKS do not apply to it. */
  readonly protectionKey: number | undefined;
  /** The accessed and dirty bits that `translate` would set: physical address of the entry and the bits. */
  readonly sets: readonly SetBits[];
}

/** The result of a walk that faults. */
export interface WalkFailure extends WalkReportBase {
  /** It faults. */
  readonly ok: false;
  /** The fault, decoded. */
  readonly fault: WalkFault;
}

/** Everything about one translation. Made by `Mmu.explain`, which changes nothing. */
export type WalkReport = WalkSuccess | WalkFailure;
