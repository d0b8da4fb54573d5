import { type Line, load, number } from './machine.ts';

/** How many pages two rules speak of, of the domain of the counterexample. */
export async function expectedRuns(): Promise<Record<string, Line>> {
  const { geometryOf } = await load<{ geometryOf: (...args: unknown[]) => object }>('verify/geometry.js');
  const { expectedSpace } = await load<{
    expectedSpace: (...args: unknown[]) => { runs: { firstPage: number; pageCount: number; what: string }[] };
  }>('verify/expected.js');
  const frames = new Uint32Array(number('domain_pages'));
  const lines: Record<string, Line> = {};
  for (const profile of ['document', 'xen-1.2']) {
    const xens = [
      { kind: 'none' },
      { kind: 'image', frames: new Uint32Array(number('image_pages')) },
      { kind: 'slots', tables: Array.from({ length: number('xen_tables') }, () => 0) },
    ];
    for (const xen of xens) {
      const { runs } = expectedSpace(
        geometryOf({ frames, loadAddress: number('load_page') * 4096, profile, layout: [] }),
        xen,
      );
      let shared = 0;
      for (const [i, a] of runs.entries()) {
        for (const b of runs.slice(i + 1)) {
          const first = Math.max(a.firstPage, b.firstPage);
          shared += Math.max(0, Math.min(a.firstPage + a.pageCount, b.firstPage + b.pageCount) - first);
        }
        shared += Math.max(0, a.firstPage + a.pageCount - 0x10_0000);
      }
      lines[`asked for ${profile}, ${xen.kind}`] = 'no page by two rules, and none beyond the last';
      lines[`found for ${profile}, ${xen.kind}`] =
        shared === 0 ? 'no page by two rules, and none beyond the last' : `${shared} pages`;
    }
  }
  return lines;
}
