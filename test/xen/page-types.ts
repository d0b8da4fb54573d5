import type { Xen } from '../../src/xen/index.ts';

/** How a domain's frames are typed, in the form of the golden data. */
export function pageTypesOf(xen: Xen, frames: ArrayLike<number>, directory: number): Record<string, number> {
  const types = Array.from(frames, (frame) => xen.frame(frame));
  const count = (name: string): number => types.filter(({ typeName }) => typeName === name).length;
  const { countWord, typeWord } = xen.frame(directory / 4096);
  return {
    l1: count('page table'),
    l2: count('page directory'),
    writable: count('writable'),
    untyped: count('none'),
    l2_count_word: countWord,
    l2_type_word: typeWord,
    first_frame_count: types[0]!.countWord,
  };
}
