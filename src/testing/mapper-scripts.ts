/** Scripts for a `Mapper`: what is mapped, changed and unmapped, one after the other. */

import fc from 'fast-check';
import { asNumber, canonical } from '../arch/linear.ts';
import { isLongMode, PAGING_MODES, type PageSize } from '../arch/paging-modes.ts';
import { fewerOf } from '../campaign/smaller-requests.ts';
import type { Mapper, MappingOptions, TableMode } from '../tables/mapper.ts';
import type { PageAttributes } from '../tables/page-attributes.ts';
import { lowerAddresses } from './addresses.ts';
import { listOf, lowerCounts } from './simpler.ts';

/** What a range is mapped with, the size of its pages included. */
export interface SizedMapping extends MappingOptions {
  /** Bytes of a page. */
  readonly pageSize: PageSize;
}

/** One call of a {@link Mapper}. */
export type MapperStep =
  | {
      /** Which call. */
      readonly kind: 'map';
      /** First linear address. */
      readonly linear: number | bigint;
      /** Where it leads. */
      readonly physical: number;
      /** Size of the range. */
      readonly bytes: number;
      /** Attributes and page size. */
      readonly options: SizedMapping;
    }
  | {
      /** Which call. */
      readonly kind: 'protect';
      /** First linear address. */
      readonly linear: number | bigint;
      /** Size of the range. */
      readonly bytes: number;
      /** What changes. */
      readonly attributes: PageAttributes;
    }
  | {
      /** Which call. */
      readonly kind: 'unmap';
      /** First linear address. */
      readonly linear: number | bigint;
      /** Size of the range. */
      readonly bytes: number;
    };

/** What scripts to draw. */
export interface MapperScriptOptions {
  /** The greatest number of calls, from 1. Default 8. */
  readonly maxSteps?: number;
}

/**
 * Scripts for a mapper of a mode. Their ranges lie near the edges of tables of every level, of the halves of the address
 * space and of nothing, so that they meet; some calls are ones that a mapper must refuse. They shrink to fewer calls,
 * fewer pages and attributes, and lower addresses.
 */
export function mapperScript(
  mode: TableMode,
  { maxSteps = 8 }: MapperScriptOptions = {},
): fc.Arbitrary<MapperStep[]> {
  const shifts = [12, 12, ...PAGING_MODES[mode].largePageShifts];
  const map = fc.oneof(...shifts.map((shift) => mapStep(mode, shift)));
  const pages = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(512, 1024, 1025));
  const range = { linear: starts(mode, 12), bytes: pages.map((count) => count * 4096) };
  const some = fc
    .tuple(pageAttributes(mode), fc.subarray(ATTRIBUTES, { minLength: 1 }))
    .map(([all, names]) => Object.fromEntries(names.map((name) => [name, all[name]])) as PageAttributes);
  const protect = fc.record({ kind: fc.constant('protect' as const), ...range, attributes: some });
  const unmap = fc.record({ kind: fc.constant('unmap' as const), ...range });
  const step = fc.oneof<fc.MaybeWeightedArbitrary<MapperStep>[]>(
    { weight: 4, arbitrary: map },
    { weight: 2, arbitrary: protect },
    { weight: 1, arbitrary: unmap },
  );
  return listOf(step, simplerStep(mode), { minLength: 1, maxLength: maxSteps });
}

/** Makes one call. @throws MapError as the mapper does. */
export function runMapperStep(mapper: Mapper, step: MapperStep): void {
  switch (step.kind) {
    case 'map':
      mapper.map(step.linear, step.physical, step.bytes, step.options);
      break;
    case 'protect':
      mapper.protect(step.linear, step.bytes, step.attributes);
      break;
    case 'unmap':
      mapper.unmap(step.linear, step.bytes);
  }
}

function mapStep(mode: TableMode, shift: number): fc.Arbitrary<MapperStep> {
  const frames = shift === 12 && mode === '32-bit' ? 0x200 : 0x800;
  const pageSize = (2 ** shift) as PageSize;
  return fc
    .record({
      linear: starts(mode, shift),
      pages: fc.integer({ min: 1, max: 4 }),
      frame: fc.nat(frames - 1),
      attributes: pageAttributes(mode),
    })
    .map(({ linear, pages, frame, attributes }) => ({
      kind: 'map',
      linear,
      physical: frame * pageSize,
      bytes: pages * pageSize,
      options: { pageSize, ...attributes },
    }));
}

/** Starts near the edges of tables at every level, of the halves of the address space, and of nothing. */
function starts(mode: TableMode, shift: number): fc.Arbitrary<number | bigint> {
  const { linearBits, levels } = PAGING_MODES[mode];
  const long = isLongMode(mode);
  const unit = 1n << BigInt(shift);
  const last = (1n << BigInt(linearBits)) - 0x1000n;
  const half = 1n << BigInt(linearBits - 1);
  const edges = [0n, half, ...levels.map((level) => 1n << BigInt(level.shift)), half + 0x4000_0000n, last];
  const drawn = fc
    .tuple(
      fc.constantFrom(...edges),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0x1000n, 0x20_0000n, 0x40_0000n),
    )
    .map(([edge, steps, step]) => {
      const at = edge + BigInt(steps) * step;
      const inside = at < 0n ? 0n : at > last ? last : at;
      const aligned = inside - (inside % unit);
      return long ? canonical(aligned, linearBits) : aligned;
    });
  return drawn.map(asNumber);
}

/** A call with fewer pages, fewer attributes, lower addresses. */
function simplerStep(mode: TableMode): (step: MapperStep) => Generator<MapperStep> {
  return function* (step) {
    const unit = step.kind === 'map' ? step.options.pageSize : 4096;
    const pages = step.bytes / unit;
    for (const fewer of lowerCounts(pages - 1)) yield { ...step, bytes: (1 + fewer) * unit };
    for (const linear of lowerAddresses({ mode, alignment: unit })(step.linear)) yield { ...step, linear };
    if (step.kind === 'map') {
      for (const frame of lowerCounts(step.physical / unit)) yield { ...step, physical: frame * unit };
      const { pageSize, ...attributes } = step.options;
      for (const fewer of simplerAttributes(attributes)) yield { ...step, options: { pageSize, ...fewer } };
    } else if (step.kind === 'protect') {
      for (const fewer of withoutOne(step.attributes)) yield { ...step, attributes: fewer };
      for (const fewer of simplerAttributes(step.attributes)) yield { ...step, attributes: fewer };
    }
  };
}

/** One attribute after the other as it is where it is not named. */
function* simplerAttributes(attributes: PageAttributes): Generator<PageAttributes> {
  for (const [name, value] of Object.entries(attributes)) {
    const plain = name === 'executable' ? true : typeof value === 'number' ? 0 : false;
    if (value !== plain) yield { ...attributes, [name]: plain };
  }
}

function* withoutOne(attributes: PageAttributes): Generator<PageAttributes> {
  const entries = Object.entries(attributes);
  if (entries.length > 1) for (const fewer of fewerOf(entries)) yield Object.fromEntries(fewer);
}

const ATTRIBUTES: Exclude<keyof PageAttributes, 'cacheType'>[] = [
  'writable',
  'user',
  'global',
  'pwt',
  'pcd',
  'pat',
  'accessed',
  'dirty',
  'available',
  'executable',
  'protectionKey',
  'availableHigh',
];

/** All attributes that the entries of a mode have room for; they shrink to none. */
export function pageAttributes(mode: TableMode): fc.Arbitrary<Omit<Required<PageAttributes>, 'cacheType'>> {
  const long = isLongMode(mode);
  const yes = fc.boolean().map((no) => !no);
  return fc.record({
    writable: fc.boolean(),
    user: fc.boolean(),
    global: fc.boolean(),
    pwt: fc.boolean(),
    pcd: fc.boolean(),
    pat: fc.boolean(),
    accessed: fc.boolean(),
    dirty: fc.boolean(),
    available: fc.nat(7),
    executable: mode === '32-bit' ? fc.constant(true) : yes,
    protectionKey: long ? fc.nat(15) : fc.constant(0),
    availableHigh: long ? fc.nat(127) : fc.constant(0),
  });
}
