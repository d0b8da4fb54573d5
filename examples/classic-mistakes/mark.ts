/** Marks a solution of the exercise in solution.ts: whatever a layout asks for, what does not hold, and why. */

import type fc from 'fast-check';
import { type BuildRequest, requestClaims } from 'x86-paging/campaign';
import { checkLayout, type LayoutClaim, maps, noWritableAlias, only } from 'x86-paging/claims';
import { guard } from 'x86-paging/guard';
import { Mmu, READ } from 'x86-paging/mmu';
import { layout } from 'x86-paging/testing';
import { DIRECT, type Solution } from './solution.ts';

/** The parts of the exercise: what is asked, all of memory besides, a mapping that is taken away. */
export type Part = 'a' | 'b' | 'c';

/** What the exercise may ask for: 32-bit and PAE paging, and nothing where all of memory is mapped. */
export function asked(part: Part): fc.Arbitrary<BuildRequest> {
  const any = layout({ modes: ['32-bit', 'PAE'], mappings: 4 });
  return part === 'b' ? any.filter(leavesRoom) : any;
}

/** @returns What is wrong, for the student to read, in lines; none where nothing is. */
export function mark(Solved: typeof Solution, part: Part, request: BuildRequest): string[] {
  const solved = new Solved(request);
  solved.mapAsked();
  if (part === 'b') solved.mapAllMemory();
  const mmu = new Mmu(solved.memory, { cpu: 'core2', ...solved.registers });
  const promised = part === 'b' ? withAllMemory(request, solved.memory.sizeBytes) : requestClaims(request);
  const { claims } = checkLayout(mmu, promised, { confirm: 'mapped' });
  const lines = claims.flatMap(({ title, counterexample }) =>
    counterexample === undefined ? [] : [title, ...detail(counterexample.text, counterexample.mend)],
  );
  return part === 'c' && lines.length === 0 ? unmapOne(solved, mmu) : lines;
}

/** The CPU has used every page; then the first mapping goes, and the CPU tries again. */
function unmapOne(solved: Solution, mmu: Mmu): string[] {
  const [gone] = solved.asked.mappings;
  if (gone === undefined) return [];
  const watch = guard(mmu, []);
  const use = (): void => {
    const last = Number(gone.linear) + gone.bytes;
    for (let at = Number(gone.linear); at < last; at += gone.pageSize) mmu.translate(at, READ);
  };
  watch.as('program', use);
  watch.as('unmap', () => solved.unmap(gone, mmu));
  watch.as('program', use);
  if (watch.first === undefined) return [];
  const { story } = watch.first;
  return watch.first.kind === 'stale' ? [...story, `to mend it: ${watch.first.mend}`] : [...story];
}

/** What is asked for, and all of memory at `DIRECT`, where no frame can be written that is read-only elsewhere. */
function withAllMemory(request: BuildRequest, bytes: number): LayoutClaim[] {
  const { mappings } = request;
  const direct = [DIRECT, DIRECT + bytes] as const;
  const ranges = mappings.map(({ linear, bytes }) => [Number(linear), Number(linear) + bytes] as const);
  const framesOf = (writable: boolean): number[] =>
    mappings
      .filter((mapping) => mapping.writable === writable)
      .flatMap(({ physical, bytes }) => Array.from({ length: bytes / 4096 }, (_, i) => physical / 4096 + i));
  const written = new Set(framesOf(true));
  return [
    ...requestClaims(request).filter(({ kind }) => kind !== 'only' && kind !== 'atMost'),
    maps(direct, 0, { user: false }),
    only([...ranges, direct]),
    noWritableAlias(framesOf(false).filter((frame) => !written.has(frame))),
  ];
}

/** Neither where all of memory is mapped, nor to the frames behind the RAM asked for, which hold more tables. */
function leavesRoom({ mappings, memoryBytes }: BuildRequest): boolean {
  const apart = (start: number, bytes: number, from: number): boolean =>
    start + bytes <= from || start >= from + 2 ** 22;
  return mappings.every(
    ({ linear, physical, bytes }) =>
      apart(Number(linear), bytes, DIRECT) && apart(physical, bytes, memoryBytes),
  );
}

function detail(text: string, mend: string | undefined): string[] {
  return mend === undefined ? [`  ${text}`] : [`  ${text}`, `  to mend it: ${mend}`];
}
