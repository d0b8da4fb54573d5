/** Bits of the control registers and of EFER that paging reads. Source: SDM 3A §2.5 "Control Registers". */

/** CR0.PE: protected mode. */
export const CR0_PE = 0x0000_0001;
/** CR0.MP. No meaning for paging. */
export const CR0_MP = 0x0000_0002;
/** CR0.EM. No meaning for paging. */
export const CR0_EM = 0x0000_0004;
/** CR0.TS. No meaning for paging. */
export const CR0_TS = 0x0000_0008;
/** CR0.ET: hard-wired to 1 from the 486 on. */
export const CR0_ET = 0x0000_0010;
/** CR0.NE, from the 486 on. No meaning for paging. */
export const CR0_NE = 0x0000_0020;
/** CR0.WP, from the 486 on: read-only pages are read-only for the supervisor too. */
export const CR0_WP = 0x0001_0000;
/** CR0.AM, from the 486 on: alignment checks. */
export const CR0_AM = 0x0004_0000;
/** CR0.NW, from the 486 on: #GP when set without CD. */
export const CR0_NW = 0x2000_0000;
/** CR0.CD, from the 486 on: cache disable. */
export const CR0_CD = 0x4000_0000;
/** CR0.PG: paging. */
export const CR0_PG = 0x8000_0000;

/** CR3.PWT and CR3.PCD: memory type of the topmost table; not part of its address. */
export const CR3_PWT = 0x08;
export const CR3_PCD = 0x10;

export const CR4_VME = 0x0000_0001;
export const CR4_PVI = 0x0000_0002;
export const CR4_TSD = 0x0000_0004;
export const CR4_DE = 0x0000_0008;
/** CR4.PSE: 4 MiB pages in 32-bit paging. */
export const CR4_PSE = 0x0000_0010;
/** CR4.PAE: 64-bit entries, three levels (four or five in long mode). */
export const CR4_PAE = 0x0000_0020;
export const CR4_MCE = 0x0000_0040;
/** CR4.PGE: global pages. */
export const CR4_PGE = 0x0000_0080;
export const CR4_PCE = 0x0000_0100;
export const CR4_OSFXSR = 0x0000_0200;
export const CR4_OSXMMEXCPT = 0x0000_0400;
export const CR4_UMIP = 0x0000_0800;
/** CR4.LA57: five levels in long mode. */
export const CR4_LA57 = 0x0000_1000;
export const CR4_VMXE = 0x0000_2000;
export const CR4_SMXE = 0x0000_4000;
export const CR4_FSGSBASE = 0x0001_0000;
/** CR4.PCIDE: process-context identifiers in CR3 bits 11–0. */
export const CR4_PCIDE = 0x0002_0000;
export const CR4_OSXSAVE = 0x0004_0000;
/** CR4.SMEP: the supervisor may not fetch from user pages. */
export const CR4_SMEP = 0x0010_0000;
/** CR4.SMAP: the supervisor may not touch data in user pages unless EFLAGS.AC is set. */
export const CR4_SMAP = 0x0020_0000;
/** CR4.PKE: protection keys for user pages. */
export const CR4_PKE = 0x0040_0000;
/** CR4.CET: control-flow enforcement. Paging knows it only because it needs CR0.WP; shadow stacks are not modelled. */
export const CR4_CET = 0x0080_0000;
/** CR4.PKS: protection keys for supervisor pages. */
export const CR4_PKS = 0x0100_0000;

/** EFER.SCE: SYSCALL. No meaning for paging. */
export const EFER_SCE = 0x001;
/** EFER.LME: long mode becomes active when paging is switched on. */
export const EFER_LME = 0x100;
/** EFER.LMA: long mode is active. Read-only: the CPU sets it. */
export const EFER_LMA = 0x400;
/** EFER.NXE: bit 63 of an entry forbids fetches rather than being reserved. */
export const EFER_NXE = 0x800;
