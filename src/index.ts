/**
 * A byte-accurate x86 paging emulator: physical memory, the MMU of every CPU generation, and the XenoLinux
 * domain builder of February 2004. The parts are also importable one by one, as `x86-paging/mmu` and so on.
 */
export * from './arch/index.ts';
export * from './builder/index.ts';
export * from './formats/index.ts';
export * from './inspect/index.ts';
export * from './machine/index.ts';
export * from './memory/index.ts';
export * from './mmu/index.ts';
export * from './tables/index.ts';
export * from './verify/index.ts';
export * from './walk/index.ts';
export * from './xen/index.ts';
