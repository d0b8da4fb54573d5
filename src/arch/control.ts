/**
 * Bits of the control registers, of EFER and of EFLAGS: all that the manual names, since a dump shows them all. Those
 * without meaning for paging say so.
 *
 * Source: SDM 3A §2.5 "Control Registers", §2.2.1 "Extended Feature Enable Register", §4.1 "Paging Modes and Control
 * Bits"; the bits of EFER above NXE: AMD64 Architecture Programmer's Manual 2 §3.1.7.
 */

// --- CR0 ---

/** CR0.PE: protected mode. Paging needs it. */
export const CR0_PE = 0x0000_0001;
/** CR0.MP: WAIT heeds TS. No meaning for paging. */
export const CR0_MP = 0x0000_0002;
/** CR0.EM: floating point is emulated. No meaning for paging. */
export const CR0_EM = 0x0000_0004;
/** CR0.TS: the task was switched. No meaning for paging. */
export const CR0_TS = 0x0000_0008;
/** CR0.ET: hard-wired to 1 from the 486 on. No meaning for paging. */
export const CR0_ET = 0x0000_0010;
/** CR0.NE, from the 486 on: floating-point errors raise #MF. No meaning for paging. */
export const CR0_NE = 0x0000_0020;
/** CR0.WP, from the 486 on: read-only pages are read-only for the supervisor too. */
export const CR0_WP = 0x0001_0000;
/** CR0.AM, from the 486 on: alignment checks. No meaning for paging. */
export const CR0_AM = 0x0004_0000;
/** CR0.NW, from the 486 on: #GP when set without CD. */
export const CR0_NW = 0x2000_0000;
/** CR0.CD, from the 486 on: the caches are disabled. */
export const CR0_CD = 0x4000_0000;
/** CR0.PG: paging. */
export const CR0_PG = 0x8000_0000;

// --- CR3 (SDM 3A §4.5, "Use of CR3") ---

/** CR3.PWT: bit 0 of the index into the PAT for the topmost table; not part of its address. */
export const CR3_PWT = 0x08;
/** CR3.PCD: bit 1 of the index into the PAT for the topmost table; not part of its address. */
export const CR3_PCD = 0x10;
/** CR3 bits 11–0 while CR4.PCIDE is set: the process-context identifier. */
export const CR3_PCID = 0xfff;
/** CR3 bit 63 in a write while CR4.PCIDE is set: the TLB keeps its entries. It is not kept in the register. */
export const CR3_NO_FLUSH: bigint = 1n << 63n;
/**
 * CR3.LAM_U57, bit 61: bits 62–57 of user pointers are for software. In front of {@link CR3_LAM_U48}, where both are set.
 */
export const CR3_LAM_U57: bigint = 1n << 61n;
/** CR3.LAM_U48, bit 62: bits 62–48 of user pointers are for software. */
export const CR3_LAM_U48: bigint = 1n << 62n;
/** {@link CR3_LAM_U57} as a bit of the high half. */
export const CR3_LAM_U57_HIGH = 0x2000_0000;
/** {@link CR3_LAM_U48} as a bit of the high half. */
export const CR3_LAM_U48_HIGH = 0x4000_0000;
/** In PAE paging CR3 holds the address of the four PDPTEs, a multiple of this. */
export const PDPTES_ALIGNMENT = 32;

// --- CR4 ---

/** CR4.VME: virtual-8086 extensions. No meaning for paging. */
export const CR4_VME = 0x0000_0001;
/** CR4.PVI: virtual interrupts. No meaning for paging. */
export const CR4_PVI = 0x0000_0002;
/** CR4.TSD: RDTSC is for the supervisor. No meaning for paging. */
export const CR4_TSD = 0x0000_0004;
/** CR4.DE: debugging extensions. No meaning for paging. */
export const CR4_DE = 0x0000_0008;
/** CR4.PSE: 4 MiB pages in 32-bit paging. */
export const CR4_PSE = 0x0000_0010;
/** CR4.PAE: 64-bit entries, three levels (four or five in long mode). */
export const CR4_PAE = 0x0000_0020;
/** CR4.MCE: machine checks. No meaning for paging. */
export const CR4_MCE = 0x0000_0040;
/** CR4.PGE: global pages. */
export const CR4_PGE = 0x0000_0080;
/** CR4.PCE: RDPMC for users. No meaning for paging. */
export const CR4_PCE = 0x0000_0100;
/** CR4.OSFXSR: the OS saves SSE state. No meaning for paging. */
export const CR4_OSFXSR = 0x0000_0200;
/** CR4.OSXMMEXCPT: the OS handles SSE exceptions. No meaning for paging. */
export const CR4_OSXMMEXCPT = 0x0000_0400;
/** CR4.UMIP: SGDT and the like are for the supervisor. No meaning for paging. */
export const CR4_UMIP = 0x0000_0800;
/** CR4.LA57: five levels in long mode. */
export const CR4_LA57 = 0x0000_1000;
/** CR4.VMXE: virtual-machine extensions. No meaning for paging. */
export const CR4_VMXE = 0x0000_2000;
/** CR4.SMXE: safer-mode extensions. No meaning for paging. */
export const CR4_SMXE = 0x0000_4000;
/** CR4.FSGSBASE: RDFSBASE and the like. No meaning for paging. */
export const CR4_FSGSBASE = 0x0001_0000;
/** CR4.PCIDE: process-context identifiers in CR3 bits 11–0. */
export const CR4_PCIDE = 0x0002_0000;
/** CR4.OSXSAVE: XSAVE. No meaning for paging. */
export const CR4_OSXSAVE = 0x0004_0000;
/** CR4.KL: key locker. No meaning for paging. */
export const CR4_KL = 0x0008_0000;
/** CR4.SMEP: the supervisor may not fetch from user pages. */
export const CR4_SMEP = 0x0010_0000;
/** CR4.SMAP: the supervisor may not touch data in user pages unless EFLAGS.AC is set. */
export const CR4_SMAP = 0x0020_0000;
/** CR4.PKE: protection keys for user pages. */
export const CR4_PKE = 0x0040_0000;
/** CR4.CET: control-flow enforcement. With it there are accesses to shadow stacks; it needs CR0.WP. */
export const CR4_CET = 0x0080_0000;
/** CR4.PKS: protection keys for supervisor pages. */
export const CR4_PKS = 0x0100_0000;
/** CR4.UINTR: user interrupts. No meaning for paging. */
export const CR4_UINTR = 0x0200_0000;
/** CR4.LASS: linear-address-space separation. Not modelled. */
export const CR4_LASS = 0x0800_0000;
/** CR4.LAM_SUP: supervisor pointers are masked, from bit 62 down to the width of the paging mode. */
export const CR4_LAM_SUP = 0x1000_0000;

// --- EFER ---

/** EFER.SCE: SYSCALL. No meaning for paging. */
export const EFER_SCE = 0x0001;
/** EFER.LME: long mode becomes active when paging is switched on. */
export const EFER_LME = 0x0100;
/** EFER.LMA: long mode is active. Read-only: the CPU sets it. */
export const EFER_LMA = 0x0400;
/** EFER.NXE: bit 63 of an entry forbids fetches rather than being reserved. */
export const EFER_NXE = 0x0800;
/** EFER.SVME, AMD: virtual-machine extensions. No meaning for paging. */
export const EFER_SVME = 0x1000;
/** EFER.LMSLE, AMD: segment limits in long mode. Not modelled. */
export const EFER_LMSLE = 0x2000;
/** EFER.FFXSR, AMD: fast FXSAVE. No meaning for paging. */
export const EFER_FFXSR = 0x4000;
/**
 * EFER.TCE, AMD: INVLPG drops from the paging-structure caches only what leads to its page, and not everything. No
 * meaning for what a walk comes to.
 */
export const EFER_TCE = 0x8000;
/** EFER.INTWB, AMD: WBINVD can be interrupted. No meaning for paging. */
export const EFER_INTWB = 0x4_0000;
/** EFER.AIBRSE, AMD: automatic IBRS. No meaning for paging. */
export const EFER_AIBRSE = 0x20_0000;

// --- EFLAGS ---

/** EFLAGS.AC: while CR4.SMAP is set, explicit supervisor accesses may use user pages. */
export const EFLAGS_AC = 0x0004_0000;
