import type { CpuModelName } from '../arch/cpu.ts';
import type { TlbGeometry } from './set-associative-tlb.ts';

/**
 * The TLBs that CPUs were built with: the one for data, of the first level where there are more. Give one to an
 * `Mmu` to see hits, misses and evictions as that CPU had them: `new Mmu(memory, { cpu: 'i386', tlb: TLB_GEOMETRIES.i386 })`.
 *
 * Sources: 80386 Programmer's Reference Manual 1986 §5.2.5; from the Pentium on the descriptors of CPUID leaf 2 (SDM 2A); of AMD's the
 * Software Optimization Guides for families 17h and 19h, §2.7 "Data TLBs".
 */
export const TLB_GEOMETRIES: { readonly [name in CpuModelName]: TlbGeometry } = {
  i386: { small: { entries: 32, ways: 4 } },
  i486: { small: { entries: 32, ways: 4 } },
  pentium: { small: { entries: 64, ways: 4 }, large: { entries: 8, ways: 4 } },
  'pentium-pro': { small: { entries: 64, ways: 4 }, large: { entries: 8, ways: 4 } },
  'pentium-iii': { small: { entries: 64, ways: 4 }, large: { entries: 8, ways: 4 } },
  core2: { small: { entries: 256, ways: 4 }, large: { entries: 32, ways: 4 } },
  broadwell: { small: { entries: 64, ways: 4 }, large: { entries: 32, ways: 4 } },
  'skylake-server': { small: { entries: 64, ways: 4 }, large: { entries: 32, ways: 4 } },
  // AMD's hold pages of any size; here each kind has as many entries.
  zen: { small: { entries: 64, ways: 64 }, large: { entries: 64, ways: 64 } },
  'zen4-server': { small: { entries: 72, ways: 72 }, large: { entries: 72, ways: 72 } },
  'ice-lake-server': { small: { entries: 64, ways: 4 }, large: { entries: 32, ways: 4 } },
  'sapphire-rapids': { small: { entries: 64, ways: 4 }, large: { entries: 32, ways: 4 } },
  // Its large cores have 128 entries; the ways are taken to be those of a 48 KiB cache.
  'arrow-lake': { small: { entries: 128, ways: 8 }, large: { entries: 32, ways: 4 } },
};
