import { type AnyMmu, build, dump, example, FAULT, type Line, line, mark, mmuOf, number } from './machine.ts';

/** The same list as one list, address by address, and as `explain` has it; with what is cached afterwards. */
export function lists(count: number): Record<string, Line> {
  const lows = count === 1 ? [number('low')] : Array.from({ length: count }, (_, i) => number(`low_${i}`));
  const access = number('access') as 0;
  // The loop over faults begins at one, since the loop before it leaves it there.
  if (example.theorem.endsWith('list-faults')) lows.unshift(faultingAddress(access));
  const linear = Uint32Array.from(lows);
  if (example.theorem.endsWith('list-hits')) mapHits(lows);
  const listed = build();
  const mmu = mmuOf(listed);
  const physical = new Uint32Array(linear.length);
  const codes = new Uint8Array(linear.length);
  // Hits are what was used before.
  if (example.theorem.endsWith('list-hits')) mmu.translateEach(linear, physical, codes, access);
  mmu.translateEach(linear, physical, codes, access);

  const single = build();
  const alone = mmuOf(single);
  const one = (): string[] =>
    lows.map((low) => {
      const at = alone.translate(low, access);
      return at === FAULT ? `fault ${alone.faultCode}` : at.toString(16);
    });
  if (example.theorem.endsWith('list-hits')) one();
  const each = one();

  const explained = build();
  const told = lows.map((low) => {
    const report = mmuOf(explained).explain(low, access);
    if (!report.ok) return `fault ${report.fault.code}`;
    mark(explained, report.sets);
    return report.physical.toString(16);
  });
  const found = [...physical].map((at, i) => (codes[i] === 0xff ? at.toString(16) : `fault ${codes[i]}`));
  return {
    translate: `${found.join(', ')}; RAM ${dump(listed)}`,
    'one by one': `${each.join(', ')}; RAM ${dump(single)}`,
    cached: held(mmu, lows),
    'cached one by one': held(alone, lows),
    explain: `${told.join(', ')}; RAM ${dump(explained)}`,
  };
}

/** Any address that faults in the machine of the counterexample; 0 if none is found. */
function faultingAddress(access: 0): number {
  const mmu = mmuOf(build());
  for (let slot = 1023; slot > 0; slot--) {
    const address = slot * 2 ** 22;
    if (!mmu.explain(address, access).ok) return address;
  }
  return 0;
}

/** What is cached of the pages of a list. */
function held({ tlb }: AnyMmu, lows: readonly number[]): Line {
  return lows
    .map((low) => {
      const entry = tlb.lookup(low);
      if (entry === undefined) return 'nothing';
      return line(entry.physical, entry.pageSize, entry.rights, entry.global, 'as above');
    })
    .join(', ');
}

/** Tables by which those addresses hit that the counterexample has in its TLB with the access granted. */
function mapHits(lows: readonly number[]): void {
  const words = example.words as [number, number][];
  words.length = 0;
  const root = 0x1000;
  const held = new Map(
    example.arrays.filter(([name]) => name === 'tlb_words').map(([, page, word]) => [page, word]),
  );
  held.set(0, number('tlb_zero_word'));
  let next = 2;
  const tables = new Map<number, number>();
  for (const [i, low] of [...new Set(lows.map((one) => one >>> 12))].entries()) {
    const slot = low >>> 10;
    if (!tables.has(slot)) {
      tables.set(slot, next++);
      words.push([root + slot * 4, tables.get(slot)! * 4096 + 0x27]);
    }
    const granted = ((held.get(low) ?? 0) & (1 << number('access'))) !== 0;
    words.push([tables.get(slot)! * 4096 + (low & 0x3ff) * 4, granted ? 0x10_0067 + i * 0x1000 : 0]);
  }
  Object.assign(example.values, { cr3: String(root), cr0: String(0x8000_0001), cr4: '0', frames: '512' });
}
