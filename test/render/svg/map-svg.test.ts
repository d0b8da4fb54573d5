import { describe, expect, it } from 'vitest';
import { LENSES, mapOf, viewThrough } from '../../../src/inspect/index.ts';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { mapSvg } from '../../../src/render/index.ts';
import { Mapper } from '../../../src/tables/index.ts';
import { tablesOf } from '../../../src/walk/index.ts';
import { parseXml } from '../../support/xml.ts';

const MIB = 2 ** 20;

function drawingOf(build: (mapper: Mapper) => void): {
  svg: string;
  rows: { start: string; end: string; title: string }[];
} {
  const memory = new PhysicalMemory(4 * MIB);
  let frame = 0x300;
  const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => ++frame });
  build(mapper);
  const machine = { memory, cpu: mapper.cpu, registers: mapper.registers };
  const names = viewThrough(LENSES.linux, machine).regions;
  const svg = mapSvg({
    runs: mapOf(machine, { names, contiguous: true }),
    ram: [
      { start: 0, end: 4 * MIB },
      { start: 0xffc0_0000, end: 0x1_0000_0000 },
    ],
    tables: Array.from(tablesOf(machine), ({ address }) => address),
    title: '4-level paging & more',
  });
  const rows = [...svg.matchAll(/<g data-start="(\w+)" data-end="(\w+)"><title>(.*?)<\/title>/g)].map(
    ([, start, end, title]) => ({ start: start!, end: end!, title: title! }),
  );
  return { svg, rows };
}

describe('mapSvg', () => {
  it('has a row for each stretch, in order, with what it is and allows', () => {
    const { svg, rows } = drawingOf((mapper) => {
      mapper.map(0x40_0000, 0x10_0000, 0x3000, { user: true });
      mapper.map(0x40_3000, 0x20_0000, 0x1000, { user: true, writable: true });
      mapper.map(0xffff_ffff_c000_0000n, 0xffc0_0000, 0x1000, { executable: false });
    });
    expect(parseXml(svg).name).toBe('svg');
    expect(rows).toEqual([
      { start: '0x400000', end: '0x403000', title: '0x0040_0000-0x0040_3000: user, RO U X, 3 pages, 12 KiB' },
      { start: '0x403000', end: '0x404000', title: '0x0040_3000-0x0040_4000: user, RW U X, 1 page, 4 KiB' },
      {
        start: '0xffffffffc0000000',
        end: '0xffffffffc0001000',
        title: '0xffff_ffff_c000_0000-0xffff_ffff_c000_1000: modules, RO S NX, 1 page, 4 KiB',
      },
    ]);
    // A wedge for each piece; two stretches of RAM with a hole between; ticks for seven tables close together.
    expect(svg.match(/<polygon /g)).toHaveLength(3);
    expect([...svg.matchAll(/data-physical="(\w+)"/g)].map(([, at]) => at)).toEqual([
      '0x0',
      '0x400000',
      '0xffc00000',
    ]);
    expect(svg.match(/data-table/g)!.length).toBeGreaterThan(2);
    expect(svg).toContain('4-level paging &amp; more');
  });

  it('joins what there is no room for, and loses no page', () => {
    const { rows } = drawingOf((mapper) => {
      for (let i = 0; i < 200; i++) {
        mapper.map(0x40_0000 + i * 0x10_0000, (i % 64) * 0x1000, 0x1000, {
          user: true,
          writable: i % 2 === 0,
        });
      }
      mapper.map(0xffff_ff00_0000_0000n, 0x5000, 0x2000);
    });
    expect(rows.length).toBeLessThanOrEqual(26);
    expect(rows.reduce((sum, { title }) => sum + Number(/(\d+) pages?/.exec(title)![1]), 0)).toBe(202);
    expect(rows.at(-1)!.title).toContain('espfix stacks, RO S X');
  });

  it('draws a machine in which nothing is mapped', () => {
    expect(drawingOf(() => undefined).rows).toEqual([]);
  });
});
