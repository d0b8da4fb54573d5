/** Lists in every place that they may lie in: an array of its own, RAM's own memory, part of a list there, another RAM. */

import type { ListClass, MemoryList, PhysicalMemory } from '../../src/memory/index.ts';

export const PLACES = ['ordinary', 'own', 'part', 'foreign'] as const;
export type Place = (typeof PLACES)[number];

/** What stands before and behind a part of a list. */
const GUARDS = 3;

/** A list with these elements, and how to see that nothing else was written to. */
export interface Placed<List> {
  readonly list: List;
  /** Whether what lies before and behind it is as it was. */
  isIntact(): boolean;
}

/** @param memory - Whose `own` list it is. @param foreign - Another RAM in WebAssembly memory. */
export function placedList<List extends MemoryList>(
  place: Place,
  content: List,
  memory: PhysicalMemory,
  foreign: PhysicalMemory,
): Placed<List> {
  const kind = content.constructor as ListClass<List>;
  if (place === 'ordinary') return { list: content, isIntact: () => true };
  const home = place === 'foreign' ? foreign : memory;
  const guards = place === 'part' ? GUARDS : 0;
  const all = home.allocateList(kind, content.length + 2 * guards);
  all.set(content as never, guards);
  const list = all.subarray(guards, guards + content.length) as List;
  const outside = (): MemoryList[] => [all.subarray(0, guards), all.subarray(guards + content.length)];
  return { list, isIntact: () => outside().every((part) => !part.some((element) => Number(element) !== 0)) };
}
