import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { Mmu, READ, Segment, USER_WRITE, type WalkReport, WRITE } from '../../../src/mmu/index.ts';
import { walkSvg } from '../../../src/render/index.ts';
import { tablesAt } from '../../support/tables-at.ts';
import { elementsOf, parseXml, textOf, type XmlElement } from '../../support/xml.ts';

function machine(): Mmu {
  const memory = new PhysicalMemory(0x10_0000);
  const mapper = tablesAt(memory, '32-bit');
  mapper.map(0x4000_5000, 0x5000, 0x1000);
  mapper.map(0x4040_0000, 0x40_0000, 0x40_0000, { pageSize: 0x40_0000, writable: true, user: true });
  return new Mmu(memory, { cr3: 0x1000, cr4: 0x10 });
}

function groups(svg: XmlElement, attribute: string): XmlElement[] {
  return [...elementsOf(svg)].filter(({ attributes }) => attributes[attribute] !== undefined);
}

describe('walkSvg', () => {
  it('shows the address in its fields, each entry with its bits and rights, and the byte', () => {
    const svg = parseXml(walkSvg(machine().explain(0x4000_5123, READ)));
    expect(groups(svg, 'data-field').map(({ attributes }) => attributes['data-field'])).toEqual([
      'directory',
      'table',
      'offset',
    ]);
    const [pde, pte] = groups(svg, 'data-step').map(textOf);
    expect(pde).toContain('PDE[256]');
    expect(pde).toContain('at 0x0000_1400');
    expect(pde).toContain('0x0000_2007');
    expect(pde).toContain('rights so far: RW U X');
    expect(pte).toContain('RW 0');
    expect(pte).toContain('rights so far: RO S X');
    expect(textOf(svg)).toContain('✓ physical 0x0000_5123');
    expect(textOf(svg)).toContain('the CPU sets A in the entry at 0x0000_2014');
  });

  it('puts each entry at its share of the table, index 0 at the base', () => {
    const report = machine().explain(0x4000_5123, READ);
    const heightOf = (index: number): number => {
      const step = { ...report.steps[0]!, index };
      const svg = parseXml(walkSvg({ ...report, steps: [step, ...report.steps.slice(1)] } as WalkReport));
      const band = [...elementsOf(groups(svg, 'data-step')[0]!)].find(
        ({ attributes }) => attributes['class'] === 'x86p-entry',
      );
      return Number(band!.attributes['y']);
    };
    expect(heightOf(256) - heightOf(512)).toBeCloseTo(49, 1);
    expect(heightOf(512) - heightOf(768)).toBeCloseTo(49, 1);
    expect(heightOf(0)).toBeGreaterThan(heightOf(256));
  });

  it('shows the error code bit by bit', () => {
    const svg = parseXml(walkSvg(machine().explain(0x4000_5123, USER_WRITE)));
    const bits = groups(svg, 'data-error-bit');
    expect(bits.map(({ attributes }) => attributes['data-error-bit'])).toEqual(['4', '3', '2', '1', '0']);
    expect(textOf(bits[2]!)).toContain('U/S = 1');
    expect(textOf(bits[3]!)).toContain('the access was a write');
    expect(textOf(svg)).toContain('error code 7 = 0b00111');
    expect(textOf(svg)).toContain('CR2 0x4000_5123');
    expect(textOf(svg)).not.toContain('✓');
  });

  it('draws nothing behind an entry that is not present', () => {
    const svg = parseXml(walkSvg(machine().explain(0x5000_0000, WRITE)));
    expect(groups(svg, 'data-step')).toHaveLength(1);
    expect(groups(svg, 'data-page')).toHaveLength(0);
    expect(textOf(svg)).toContain('✗ not present');
  });

  it('lets the offset of a large page reach over the fields below', () => {
    const svg = parseXml(walkSvg(machine().explain(0x4040_0123, READ)));
    expect(textOf(svg)).toContain('page of 4 MiB');
    expect(groups(svg, 'data-field').map(textOf)[1]).toContain('bits 21 to 0');
  });

  it('draws what has no steps: paging off, and a segment that refuses', () => {
    const off = new Mmu(new PhysicalMemory(0x1_0000), { cr0: 0x10 });
    expect(textOf(parseXml(walkSvg(off.explain(0x1234, READ))))).toContain('✓ physical 0x0000_1234');
    const refused = machine().explainLogical(Segment.decode(0x00cf_b200_0000_c3ffn), 0xffff_ffff, READ);
    expect(textOf(parseXml(walkSvg(refused)))).toContain('error code 0; CR2 keeps');
  });

  it('is well formed in every mode, for any tables and any address', () => {
    const modes = [
      { cpu: 'pentium-iii', cr4: 0x10 },
      { cpu: 'core2', cr4: 0x20, efer: 0x800 },
      { cpu: 'broadwell', cr4: 0x20, efer: 0xd00 },
      { cpu: 'ice-lake-server', cr4: 0x1020, efer: 0xd00 },
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...modes),
        fc.array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 64 }),
        fc.bigInt(0n, 2n ** 64n - 1n),
        (mode, words, linear) => {
          const memory = new PhysicalMemory(0x1_0000);
          for (let at = 0; at < 0x8000; at += 4) {
            // Small frames, so that walks go deep; PAE refuses a CR3 whose PDPTEs have reserved bits set.
            const word = words[(at / 4) % words.length]! & (at < 0x20 ? 0x7001 : 0x71ff);
            memory.writeUint32(at, at % 8 === 4 && mode.cpu !== 'pentium-iii' ? 0 : word);
          }
          const mmu = new Mmu(memory, { cr3: 0, ...mode });
          const report = mmu.explain(linear, READ);
          const svg = parseXml(walkSvg(report));
          expect(groups(svg, 'data-step')).toHaveLength(report.steps.length);
          for (const { attributes } of elementsOf(svg)) {
            for (const value of Object.values(attributes))
              expect(value).not.toMatch(/NaN|undefined|Infinity/);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
