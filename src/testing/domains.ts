/** Kernels and domains of February 2004. */

import fc from 'fast-check';
import { buildDomain } from '../builder/build-domain.ts';
import type { Domain } from '../builder/domain.ts';
import { packKernel } from '../builder/kernel-image.ts';
import type { ProfileName } from '../builder/profile.ts';
import { FrameAllocator, type FrameOrder } from '../memory/frame-allocator.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { lowerCounts, shrunkBy } from './simpler.ts';

/** A kernel file, told in short. */
export interface KernelRecipe {
  /** Bytes of its image. */
  readonly bytes: number;
  /** The page that it is loaded at: its linear address divided by 4096. */
  readonly loadPage: number;
}

/** Where XenoLinux is loaded. */
const HOME_PAGE = 0xc_0000;

/**
 * Kernels of up to seven pages, loaded at 0xc000_0000, at the last page of a table, or anywhere below Xen. They shrink to
 * an empty one at 0xc000_0000.
 */
export function kernel(): fc.Arbitrary<KernelRecipe> {
  const loadPage = fc.oneof(
    fc.constant(HOME_PAGE),
    fc.constant(HOME_PAGE + 1023),
    fc.integer({ min: 0, max: 0xf_bc00 - 1100 }),
  );
  const bytes = fc.oneof(fc.integer({ min: 0, max: 7 * 4096 - 1 }), fc.constantFrom(0, 1, 4096));
  return shrunkBy(fc.record({ bytes, loadPage }), function* ({ bytes, loadPage }) {
    if (loadPage !== HOME_PAGE) yield { bytes, loadPage: HOME_PAGE };
    for (const fewer of lowerCounts(bytes)) yield { bytes: fewer, loadPage };
  });
}

/** The file of a kernel: a XenoGues image of zeros. */
export function kernelFile({ bytes, loadPage }: KernelRecipe): Uint8Array {
  return packKernel(new Uint8Array(bytes), loadPage * 4096);
}

/** Below lie shared_info and the tables that Xen's slots lead to. */
const RESERVED_FRAMES = 0x160;

/** A domain, told in short. */
export interface DomainRecipe {
  /** The profile of its layout. */
  readonly profile: ProfileName;
  /** Its size in pages. */
  readonly pageCount: number;
  /** How its frames lie. */
  readonly order: FrameOrder;
  /** Scatters them. */
  readonly seed: number;
  /** Its kernel. */
  readonly kernel: KernelRecipe;
  /** Bytes of its initrd; undefined: none. */
  readonly initrdBytes: number | undefined;
  /** Its command line. */
  readonly commandLine: string;
  /** Xen's directory slots are installed. */
  readonly xenSlots: boolean;
}

/**
 * Domains of 16 pages up, a few of them larger than one page table, with frames in order, backwards and scattered. They
 * shrink to one of 16 pages with an empty kernel.
 */
export function domain(): fc.Arbitrary<DomainRecipe> {
  const drawn: fc.Arbitrary<DomainRecipe> = fc.record({
    profile: fc.constantFrom<ProfileName>('document', 'xen-1.2'),
    pageCount: fc.oneof(fc.integer({ min: 16, max: 80 }), fc.integer({ min: 1000, max: 1050 })),
    order: fc.constantFrom<FrameOrder>('ascending', 'descending', 'scattered', 'scattered'),
    seed: fc.nat(),
    kernel: kernel(),
    initrdBytes: fc.option(fc.nat(2 * 4096), { nil: undefined }),
    commandLine: fc.constantFrom('', 'root=/dev/hda1', 'größer'),
    xenSlots: fc.boolean(),
  });
  return shrunkBy(
    drawn.map((recipe) => (hasRoom(recipe) ? recipe : { ...recipe, initrdBytes: undefined })),
    function* (recipe) {
      for (const simpler of simplerDomains(recipe)) if (hasRoom(simpler)) yield simpler;
    },
  );
}

/** Whether the builder takes the initrd: with the kernel it must stay below half of the domain. */
function hasRoom({ pageCount, kernel: { bytes }, initrdBytes = 0 }: DomainRecipe): boolean {
  return initrdBytes < (Math.floor(pageCount / 2) - Math.ceil(bytes / 4096)) * 4096;
}

function* simplerDomains(recipe: DomainRecipe): Generator<DomainRecipe> {
  if (recipe.xenSlots) yield { ...recipe, xenSlots: false };
  if (recipe.commandLine !== '') yield { ...recipe, commandLine: '' };
  if (recipe.initrdBytes !== undefined) {
    yield { ...recipe, initrdBytes: undefined };
    for (const fewer of lowerCounts(recipe.initrdBytes)) yield { ...recipe, initrdBytes: fewer };
  }
  const { bytes, loadPage } = recipe.kernel;
  if (loadPage !== HOME_PAGE) yield { ...recipe, kernel: { bytes, loadPage: HOME_PAGE } };
  for (const fewer of lowerCounts(bytes)) yield { ...recipe, kernel: { bytes: fewer, loadPage } };
  for (const fewer of lowerCounts(recipe.pageCount - 16)) yield { ...recipe, pageCount: 16 + fewer };
  if (recipe.order !== 'ascending') yield { ...recipe, order: 'ascending' };
  if (recipe.seed !== 0) yield { ...recipe, seed: 0 };
  if (recipe.profile !== 'document') yield { ...recipe, profile: 'document' };
}

/** A domain that was built. */
export interface BuiltDomain {
  /** Its RAM, 8 MiB. */
  readonly memory: PhysicalMemory;
  /** The frames that it was given, in pseudo-physical order. */
  readonly frames: Uint32Array;
  /** The domain. */
  readonly domain: Domain;
}

/** Builds the domain of a recipe in RAM of its own. */
export function domainOf(recipe: DomainRecipe): BuiltDomain {
  const { profile, pageCount, order, seed, initrdBytes, commandLine, xenSlots } = recipe;
  const memory = new PhysicalMemory(8 * 2 ** 20);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: RESERVED_FRAMES }] });
  const frames = allocator.allocate(pageCount, { order, seed });
  const domain = buildDomain(memory, {
    profile,
    frames,
    sharedInfoFrame: 1,
    kernel: kernelFile(recipe.kernel),
    commandLine,
    ...(initrdBytes !== undefined && { initrd: new Uint8Array(initrdBytes) }),
    ...(xenSlots && { xen: { kind: 'slots' } }),
  });
  return { memory, frames, domain };
}
