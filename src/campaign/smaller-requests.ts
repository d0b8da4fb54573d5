import { PAGE_SIZE } from '../arch/address.ts';
import { asNumber, isCanonical } from '../arch/linear.ts';
import { isLongMode, PAGING_MODES } from '../arch/paging-modes.ts';
import { type BuildRequest, leadsTo, overlap, type RequestedMapping, tablesFor } from './request.ts';

/** RAM of the smallest requests: the frames of their tables, and some to map. */
const LEAST_BYTES = 64 * PAGE_SIZE;

/**
 * Requests that are simpler than one, the simplest first: fewer mappings, fewer and smaller pages, fewer bits, lower
 * addresses, frames in order. Every step makes something smaller, so that taking them again and again comes to an end.
 */
export function* smallerRequests(request: BuildRequest): Generator<BuildRequest> {
  for (const smaller of candidates(request)) {
    if (isSound(smaller)) yield smaller;
  }
}

function* candidates(request: BuildRequest): Generator<BuildRequest> {
  const { mode, mappings, frames } = request;
  for (const fewer of fewerOf(mappings)) yield { ...request, mappings: fewer };
  for (const [i, mapping] of mappings.entries()) {
    for (const simpler of simplerMappings(mapping, isLongMode(mode), mode === '32-bit')) {
      yield { ...request, mappings: mappings.with(i, simpler) };
    }
  }
  const needed = tablesFor(mode, mappings);
  const plain = Array.from({ length: needed }, (_, i) => i + 1);
  if (frames.length > needed || frames.some((frame, i) => frame !== plain[i])) {
    yield { ...request, frames: plain };
    if (frames.length > needed) yield { ...request, frames: frames.slice(0, needed) };
    const ordered = [...frames].sort((a, b) => a - b);
    if (frames.some((frame, i) => frame !== ordered[i])) yield { ...request, frames: ordered };
  }
  if (request.memoryBytes > LEAST_BYTES) yield { ...request, memoryBytes: LEAST_BYTES };
  if (request.seed !== 0) yield { ...request, seed: 0 };
}

/** A list without one of its halves, then without one item after the other. */
export function* fewerOf<T>(items: readonly T[]): Generator<T[]> {
  const middle = items.length >>> 1;
  if (middle > 1) {
    yield items.slice(0, middle);
    yield items.slice(middle);
  }
  for (let i = 0; i < items.length; i++) yield items.toSpliced(i, 1);
}

function* simplerMappings(
  mapping: RequestedMapping,
  long: boolean,
  alwaysExecutable: boolean,
): Generator<RequestedMapping> {
  const { linear, physical, bytes, pageSize } = mapping;
  const pages = bytes / pageSize;
  if (pageSize !== PAGE_SIZE) {
    yield { ...mapping, pageSize: PAGE_SIZE, bytes: pages * PAGE_SIZE };
    yield { ...mapping, pageSize: PAGE_SIZE };
  }
  if (pages > 1) {
    for (const fewer of new Set([1, pages >>> 1, pages - 1])) {
      yield { ...mapping, bytes: fewer * pageSize };
      // The same without its first pages.
      const cut = bytes - fewer * pageSize;
      yield {
        ...mapping,
        bytes: fewer * pageSize,
        linear: asNumber(BigInt(linear) + BigInt(cut)),
        physical: physical + cut,
      };
    }
  }
  for (const flag of ['global', 'user', 'writable'] as const) {
    if (mapping[flag]) yield { ...mapping, [flag]: false };
  }
  if (!mapping.executable && !alwaysExecutable) yield { ...mapping, executable: true };
  for (const lower of lowerNumbers(BigInt(physical), BigInt(pageSize)))
    yield { ...mapping, physical: Number(lower) };
  for (const lower of lowerNumbers(BigInt(linear), BigInt(pageSize))) {
    if (!long || isCanonical(lower, CANONICAL_BITS)) yield { ...mapping, linear: asNumber(lower) };
  }
}

/** Canonical there is canonical in every mode. */
const CANONICAL_BITS = PAGING_MODES['4-level'].linearBits;

/** 0, then numbers ever nearer to one: a bisection towards the lowest that will do. */
export function* lowerNumbers(value: bigint, unit: bigint): Generator<bigint> {
  for (let distance = value; distance >= unit; distance >>= 1n) {
    const lower = value - distance;
    yield lower - (lower % unit);
  }
}

/** Whether a builder can be asked for it: enough frames in RAM, and nothing that leads to a table. */
function isSound({ mode, memoryBytes, frames, mappings }: BuildRequest): boolean {
  return (
    frames.length >= tablesFor(mode, mappings) &&
    frames.every((frame) => (frame + 1) * PAGE_SIZE <= memoryBytes) &&
    !mappings.some((mapping) => leadsTo(mapping, frames)) &&
    !mappings.some((mapping, i) => mappings.slice(i + 1).some((other) => overlap(mapping, other)))
  );
}
