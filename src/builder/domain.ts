import type { ProfileName } from './profile.ts';

/** What to put at 0xfc00_0000. */
export type XenPlacement =
  /** A Xen image, mapped with 4 KiB pages from 0xfc00_0000 up, as the document draws it. */
  | {
      /** An image of 4 KiB pages. */
      readonly kind: 'image';
      /** The image's bytes, 1 byte to 64 MiB. */
      readonly image: Uint8Array;
      /** Machine frames that receive it, one for each 4 KiB, outside the domain. */
      readonly frames: Uint32Array;
      /** Machine frames for its page tables, one for each 4 MiB, outside the domain. */
      readonly tables: Uint32Array;
    }
  /** Xen's real directory slots 1008–1023 (docs/xen-1.2.md §7), as Xen installs them when it pins the directory. */
  | {
      /** Xen's real directory slots. */
      readonly kind: 'slots';
      /**
       * Machine frames of the per-domain table, the map cache's and the ioremap table, outside the domain. They are
       * pointed to, not written. Default 0x150, 0x151, 0x152, in Xen's own part of memory.
       */
      readonly tables?: readonly [perDomain: number, mapCache: number, ioremap: number];
    };

/** Inputs of `buildDomain`. */
export interface BuildOptions {
  /** The layout. */
  readonly profile: ProfileName;
  /** Machine frames in pseudo-physical order: any order, none twice. */
  readonly frames: Uint32Array;
  /** One more machine frame, which belongs to the domain but is not among `frames`. It is cleared. */
  readonly sharedInfoFrame: number;
  /** The kernel file: XenoGues or ELF32, plain or gzip. */
  readonly kernel: Uint8Array;
  /** The initrd file, plain or gzip. An empty one still has an address. */
  readonly initrd?: Uint8Array;
  /** Without NUL; bytes of its UTF-8 beyond the 255th are cut. Default empty. */
  readonly commandLine?: string;
  /** 0 to 2^32 − 1. Default 0. */
  readonly domainId?: number;
  /** Absent: slots 1008–1023 stay zero, as the builder alone leaves them. For the profiles of 2004 only. */
  readonly xen?: XenPlacement;
  /**
   * What is done with page tables and directory. `written`, the default: they hold what the update list says.
   * `cleared`: they are cleared only, as the builder of 2004 left them; Xen writes them when it is sent the list.
   * The builders of Xen 2.0 and 3.0 wrote them.
   */
  readonly tables?: 'written' | 'cleared';
  /**
   * Whether the update list is made. `listed`, the default: as Dom0 sends it. `none`: it is left empty, which saves more than
   * half of a build's time where nobody reads it. Not with cleared tables, which nothing else would fill.
   */
  readonly updates?: 'listed' | 'none';
  /**
   * An earlier domain that is needed no longer: its arrays `frames` and `updates` become those of the new one and are filled
   * anew, where they are long enough; else new ones are made. It halves the time of building domain after domain, for
   * new memory costs as much as what is written to it. Nothing is filled if the build is refused.
   *
   * Any two arrays will do. Where RAM lies in WebAssembly memory, lists of `PhysicalMemory.allocateList` are filled without a
   * copy; four words a page and 2,050 more are enough for any update list.
   */
  readonly reuse?: Pick<Domain, 'frames' | 'updates'>;
}

/** The registers that the domain starts with; all others are 0. */
export interface InitialContext {
  /** Linear address of the first instruction. */
  readonly eip: number;
  /** Stack pointer: the stack grows down from start_info, or from the end of its own page. */
  readonly esp: number;
  /** Linear address of start_info, which the kernel reads first. */
  readonly esi: number;
  /** Flags; see the profile. */
  readonly eflags: number;
  /** Code segment: ring 1. */
  readonly cs: number;
  /** Data segment: ring 1. */
  readonly ds: number;
  /** Like ds. */
  readonly es: number;
  /** Like ds. */
  readonly fs: number;
  /** Like ds. */
  readonly gs: number;
  /** Stack segment: ring 1. */
  readonly ss: number;
}

/** A stretch of the domain's linear address space. */
export interface Region {
  /** What it is. */
  readonly name: RegionName;
  /** First linear address. */
  readonly start: number;
  /** First linear address after it: up to 2^32. */
  readonly end: number;
  /** Index of its first page in the domain; undefined for Xen's regions. */
  readonly firstPage: number | undefined;
  /** Its size in 4 KiB pages. */
  readonly pageCount: number;
}

/** The names of regions: those of 2004, those that only later layouts have, and Xen's. */
export const REGION_NAMES = [
  'kernel',
  'initrd',
  'free',
  'start_info',
  'unused',
  'page tables',
  'page directory',
  'frame list',
  'store page',
  'console page',
  'stack',
  'Xen image',
  'machine-to-physical (read-only)',
  'direct map of machine memory',
  'linear page table',
  'per-domain table',
  'map cache',
  'ioremap and fixmaps',
] as const;

/** The name of a region. */
export type RegionName = (typeof REGION_NAMES)[number];

/** What was placed at 0xfc00_0000. */
export type PlacedXen =
  | {
      /** Nothing: slots 1008–1023 are zero. */
      readonly kind: 'none';
    }
  | {
      /** An image of 4 KiB pages. */
      readonly kind: 'image';
      /** Its machine frames, in order. */
      readonly frames: Uint32Array;
      /** The machine frames of its page tables. */
      readonly tables: Uint32Array;
    }
  | {
      /** Xen's real directory slots. */
      readonly kind: 'slots';
      /** The machine frames of the tables in slots 1021–1023. */
      readonly tables: readonly [perDomain: number, mapCache: number, ioremap: number];
    };

/** Where the initrd lies. */
export interface LoadedInitrd {
  /** Linear address of its first byte. */
  readonly address: number;
  /** Its length in bytes, decompressed. */
  readonly length: number;
}

/** A built domain: where everything is. Plain data. */
export interface Domain {
  /** The layout. */
  readonly profile: ProfileName;
  /** Machine frames in pseudo-physical order. */
  readonly frames: Uint32Array;
  /** Number of frames: n in docs/xen-1.2.md. Xen 2.0 and 3.0 map only the first of them at the start. */
  readonly pageCount: number;
  /** Linear address of page 0. */
  readonly loadAddress: number;
  /** Machine address of the page directory: CR3. */
  readonly pageDirectory: number;
  /** Machine frames of the page tables, the first first. */
  readonly pageTables: Uint32Array;
  /** Linear address of start_info; in the layouts of 2004 the stack grows down from it. */
  readonly startInfoAddress: number;
  /** Machine frame of the page that Xen and the domain share. */
  readonly sharedInfoFrame: number;
  /** The number by which Xen knows it. */
  readonly domainId: number;
  /** The command line's bytes as they were given, before they are cut to 255. */
  readonly commandLine: Uint8Array;
  /** Linear address and length in bytes of the initrd. To Xen 2.0 and 3.0 an empty one is none. */
  readonly initrd: LoadedInitrd | undefined;
  /** The registers it starts with. */
  readonly context: InitialContext;
  /** What Dom0 sends to Xen: pairs of pointer and value (docs/xen-1.2.md §5). Empty where none was asked for. */
  readonly updates: Uint32Array;
  /** What lies where, in ascending order. */
  readonly layout: readonly Region[];
  /** What was placed at 0xfc00_0000. */
  readonly xen: PlacedXen;
}
