import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhysicalMemory, RamReader } from '../../src/memory/index.ts';
import type { Mmu } from '../../src/mmu/index.ts';
import { type PageRun, pageRuns } from '../../src/walk/page-runs.ts';
import { PageScan, type PageScanOptions } from '../../src/walk/page-scan.ts';
import { RUN_REPEAT } from '../../src/walk/run-attributes.ts';
import {
  FRAMES,
  generator,
  mmuOf,
  type RandomMachine,
  randomLinear,
  randomMemory,
  randomUnmaskedMachine,
} from '../support/arbitraries.ts';
import { allPages, type NaivePage, naivePages } from '../support/naive-pages.ts';

const randomOptions = fc.record({ contiguous: fc.boolean(), accessedDirty: fc.boolean() });

interface LeafBits {
  readonly pwt: boolean;
  readonly pcd: boolean;
  readonly pat: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
}

/** What a page's leaf entry says beside rights and address, by the manual's bit numbers. */
function leafBits({ entry, pageSize }: NaivePage, mmu: Mmu): LeafBits {
  const bit = (n: bigint): boolean => ((entry >> n) & 1n) === 1n;
  const pat = mmu.cpu.pat === true && bit(pageSize === 4096 ? 7n : 12n);
  return { pwt: bit(3n), pcd: bit(4n), pat, accessed: bit(5n), dirty: bit(6n) };
}

/** The key that governs a page, by the registers. */
function keyOf({ entry, rights }: NaivePage, mmu: Mmu): number | undefined {
  if (mmu.mode !== '4-level' && mmu.mode !== '5-level') return undefined;
  const governed = (mmu.cr4 & (rights.user ? 0x40_0000 : 0x100_0000)) !== 0;
  return governed ? Number((entry >> 59n) & 15n) : undefined;
}

/** Compares the runs with the pages one by one: each page is in its run, and a run ends only where it must. */
function compare(
  runs: readonly PageRun[],
  pages: readonly NaivePage[],
  mmu: Mmu,
  options: PageScanOptions,
): void {
  const wrong: unknown[] = [];
  let next = 0;
  for (const run of runs) {
    const start = BigInt(run.start);
    let [accessed, dirty, contiguous, oneFrame] = [0, 0, true, true];
    for (let i = 0; i < run.pages; i++) {
      const page = pages[next++];
      if (page === undefined || page.linear !== start + BigInt(i * run.pageSize)) {
        wrong.push({ run, page, i });
        break;
      }
      const leaf = leafBits(page, mmu);
      if (leaf.accessed) accessed++;
      if (leaf.dirty) dirty++;
      contiguous &&= page.physical === run.physical + i * run.pageSize;
      oneFrame &&= page.physical === run.physical;
      if (!alike(page, leaf, run, mmu)) wrong.push({ run, page, i });
    }
    const found = { accessed, dirty, contiguous, oneFrame, bytes: run.pages * run.pageSize };
    if (options.contiguous && !contiguous && !oneFrame) wrong.push({ run, found });
    if (options.accessedDirty && accessed * (run.pages - accessed) > 0) wrong.push({ run, found });
    if (options.accessedDirty && dirty * (run.pages - dirty) > 0) wrong.push({ run, found });
    expect(run).toMatchObject({ ...found, physical: pages[next - run.pages]?.physical });
    expect(BigInt(run.end)).toBe(start + BigInt(found.bytes));
  }
  expect(wrong).toEqual([]);
  expect(next).toBe(pages.length);
  for (const [i, run] of runs.entries()) {
    const after = runs[i + 1];
    if (after !== undefined) expect(canJoin(run, after, options)).toBe(false);
  }
}

function alike(page: NaivePage, leaf: LeafBits, run: PageRun, mmu: Mmu): boolean {
  return (
    page.pageSize === run.pageSize &&
    page.global === run.global &&
    page.rights.writable === run.rights.writable &&
    page.rights.user === run.rights.user &&
    page.rights.executable === run.rights.executable &&
    leaf.pwt === run.pwt &&
    leaf.pcd === run.pcd &&
    leaf.pat === run.pat &&
    keyOf(page, mmu) === run.protectionKey
  );
}

/** Whether two runs should have been one. */
function canJoin(a: PageRun, b: PageRun, options: PageScanOptions): boolean {
  const facts = (run: PageRun): object => {
    const { rights, global, pageSize, pwt, pcd, pat, protectionKey } = run;
    const exact = options.accessedDirty ? [run.accessed > 0, run.dirty > 0] : [];
    return { rights, global, pageSize, pwt, pcd, pat, protectionKey, exact };
  };
  if (a.end !== b.start || JSON.stringify(facts(a)) !== JSON.stringify(facts(b))) return false;
  if (!options.contiguous) return true;
  const consecutive = a.contiguous && b.contiguous && b.physical === a.physical + a.bytes;
  return consecutive || (a.oneFrame && b.oneFrame && a.physical === b.physical);
}

/** The same memory as somebody else would bring it: words only, and no RAM in one frame. */
function foreign(memory: PhysicalMemory, hole: number): RamReader {
  return {
    sizeBytes: memory.sizeBytes,
    loadWord: (physical) => (Math.floor(physical / 4096) === hole ? -1 : memory.loadWord(physical)),
    isRam: (physical) => physical < memory.sizeBytes && Math.floor(physical / 4096) !== hole,
  };
}

/** Empties most of RAM, so that the whole space can be listed: what stays are few entries, and now and then whole tables. */
function thinOut(memory: PhysicalMemory, machine: RandomMachine, seed: number): void {
  const next = generator(seed);
  const entryBytes = machine.mode === '32-bit' ? 4 : 8;
  const kept = machine.mode === '32-bit' ? 12 : machine.mode === 'PAE' ? 3 : 2;
  for (let frame = 0; frame < FRAMES; frame++) {
    const bytes = memory.frame(frame);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 1024);
    const choice = next() % 8;
    const chosen = new Set(Array.from({ length: kept }, () => next() % (4096 / entryBytes)));
    // The CPU would not take other PDPTEs.
    const pdptes = machine.mode === 'PAE' ? bytes.slice(0, 32) : undefined;
    const model = words.slice((next() % 512) * 2).slice(0, 2);
    for (let i = 0; i < 1024; i++) {
      const entry = Math.floor((i * 4) / entryBytes);
      // A table of one repeated entry, or of consecutive pages; else a few entries.
      if (choice === 0) words[i] = model[entryBytes === 4 ? 0 : i & 1]!;
      else if (choice === 1 && machine.mode === '32-bit') words[i] = ((i << 12) | (model[0]! & 0xf7f)) >>> 0;
      else if (choice === 1) words[i] = i & 1 ? 0 : ((entry << 12) | (model[0]! & 0xf7f)) >>> 0;
      else if (!chosen.has(entry)) words[i] = 0;
    }
    if (pdptes !== undefined) bytes.set(pdptes);
  }
}

function atMost64(address: bigint): bigint {
  return address < 2n ** 64n ? address : 2n ** 64n;
}

describe('the pages of an address space', () => {
  it('in any range are those that explain finds, in runs that are as long as can be', () => {
    const seen = { pages: 0, runs: 0, modes: new Set<string>() };
    const scenario = randomUnmaskedMachine.chain((machine) =>
      fc.record({
        machine: fc.constant(machine),
        linear: randomLinear(machine.mode),
        bytes: fc.nat(0x40_0000),
        options: randomOptions,
      }),
    );
    fc.assert(
      fc.property(scenario, ({ machine, linear, bytes, options }) => {
        const mmu = mmuOf(randomMemory(machine), machine);
        const [start, end] = [linear, atMost64(linear + BigInt(bytes))];
        const runs = [...pageRuns(mmu, { ...options, range: { start, end } })];
        const pages = [...naivePages(mmu, start, end)];
        compare(runs, pages, mmu, options);
        seen.pages += pages.length;
        seen.runs += runs.length;
        seen.modes.add(machine.mode);
      }),
      { numRuns: 150 },
    );
    expect(seen.pages).toBeGreaterThan(5000);
    expect(seen.modes.size).toBe(4);
  });

  it('over the whole space are those that explain finds, with tables shared and mapped through themselves', () => {
    const seen = { pages: 0, modes: new Set<string>() };
    fc.assert(
      fc.property(
        randomUnmaskedMachine,
        fc.integer({ min: 1, max: 0x7fff_ffff }),
        randomOptions,
        (machine, seed, options) => {
          const memory = randomMemory(machine);
          thinOut(memory, machine, seed);
          const mmu = mmuOf(memory, machine);
          const pages = allPages(mmu, 6000);
          if (pages === undefined) return;
          const runs = [...pageRuns(mmu, options)];
          compare(runs, pages, mmu, options);
          seen.pages += pages.length;
          seen.modes.add(machine.mode);
        },
      ),
      { numRuns: 150 },
    );
    expect(seen.pages).toBeGreaterThan(5000);
    expect(seen.modes.size).toBe(4);
  });

  it('are the same over memory that somebody else brings, and a hole reads as ones', () => {
    fc.assert(
      fc.property(
        randomUnmaskedMachine,
        randomUnmaskedMachine.chain(({ mode }) => randomLinear(mode)),
        fc.nat(FRAMES),
        (machine, linear, hole) => {
          const memory = randomMemory(machine);
          const mmu = mmuOf(memory, machine);
          const range = { start: linear, end: atMost64(linear + 0x10_0000n) };
          const context = mmu.walkContext;
          const over = (reader: RamReader): PageRun[] => [
            ...pageRuns({ ...context, memory: reader }, { range }),
          ];
          expect(over(foreign(memory, -1))).toEqual(over(memory));
          const punched = over(foreign(memory, hole));
          if (hole < FRAMES) memory.write(hole * 4096, new Uint8Array(4096).fill(0xff));
          expect(punched).toEqual(over(memory));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stand in a marked repeat as they stand where it was listed first', () => {
    let repeats = 0;
    fc.assert(
      fc.property(randomUnmaskedMachine, fc.integer({ min: 1, max: 0x7fff_ffff }), (machine, seed) => {
        const memory = randomMemory(machine);
        thinOut(memory, machine, seed);
        const mmu = mmuOf(memory, machine);
        const scan = new PageScan(mmu, { repeats: 'mark' });
        let checked = 0;
        for (let count = scan.next(); count > 0 && checked < 20; count = scan.next()) {
          for (let i = 0; i < count && checked < 20; i++) {
            if ((scan.attributes[i]! & RUN_REPEAT) === 0) continue;
            const pages = Math.min(scan.pages[i]!, 5000);
            expect(first(mmu, scan.page[i]!, pages)).toEqual(first(mmu, scan.source[i]!, pages));
            checked++;
          }
        }
        repeats += checked;
      }),
      { numRuns: 60 },
    );
    expect(repeats).toBeGreaterThan(50);
  });
});

/** The runs of some pages, by their distance from the first: but for where they lie, all that is to be known of them. */
function first(mmu: Mmu, page: number, pages: number): unknown[] {
  const start = BigInt(page) * 4096n;
  const range = { start, end: start + BigInt(pages) * 4096n };
  return [...pageRuns(mmu, { range })].map((run) => ({ ...run, start: BigInt(run.start) - start, end: 0 }));
}
