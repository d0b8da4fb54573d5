import { describe, expect, it } from 'vitest';
import { buildDomain, type Domain, sampleKernel } from '../../../src/builder/index.ts';
import { PhysicalMemory } from '../../../src/memory/index.ts';
import { drawingSvg, SVG_STYLE } from '../../../src/render/index.ts';
import { smallDomain } from '../../support/domain.ts';
import { elementsOf, parseXml, textOf, type XmlElement } from '../../support/xml.ts';

function draw(domain: Domain, options = {}): XmlElement {
  return parseXml(drawingSvg(domain, options));
}

interface BoxOf {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly x: number;
  readonly height: number;
  readonly enlarged: boolean;
}

function boxesOf(svg: XmlElement): BoxOf[] {
  return [...elementsOf(svg)]
    .filter(({ attributes }) => attributes['data-region'] !== undefined)
    .map((group) => {
      const rect = group.children.find(({ name }) => name === 'rect')!;
      return {
        name: group.attributes['data-region']!,
        start: Number(group.attributes['data-start']),
        end: Number(group.attributes['data-end']),
        x: Number(rect.attributes['x']),
        height: Number(rect.attributes['height']),
        enlarged: textOf(group).includes(' *'),
      };
    });
}

describe('drawingSvg', () => {
  const { domain } = smallDomain({ initrd: new Uint8Array(40 * 4096).fill(7) });

  it('is one well-formed element with a name and a description', () => {
    const svg = draw(domain);
    expect(svg.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'x86p-title x86p-desc' });
    const words = svg.children.filter(({ name }) => name === 'title' || name === 'desc');
    expect(words.map(({ attributes }) => attributes['id'])).toEqual(['x86p-title', 'x86p-desc']);
    expect(words[0]!.text).toContain('Linear address space');
    expect(words[1]!.text).toContain('page directory from 0xc01f_f000 to 0xc020_0000');
  });

  it('writes the address of every boundary of the layout', () => {
    const text = textOf(draw(domain));
    for (const { start } of domain.layout) {
      const hex = start.toString(16).padStart(8, '0');
      expect(text).toContain(`0x${hex.slice(0, 4)}_${hex.slice(4)}`);
    }
    expect(text).toContain('4 GiB');
    expect(text).toContain('0x0000_0000');
  });

  it('draws each box of a column as high as it is large, except those it marks', () => {
    const all = boxesOf(draw(domain));
    const columns = [...new Set(all.map(({ x }) => x))].map((left) => all.filter(({ x }) => x === left));
    expect(columns).toHaveLength(4);
    for (const boxes of columns) {
      const scales = boxes
        .filter(({ enlarged }) => !enlarged)
        .map(({ start, end, height }) => height / (end - start));
      // Heights are written to a hundredth of a pixel.
      for (const scale of scales) expect(scale / scales[0]!).toBeCloseTo(1, 2);
      expect(boxes.reduce((sum, { height }) => sum + height, 0)).toBeCloseTo(560, 0);
      const ascending = boxes.toSorted((a, b) => a.start - b.start);
      for (const [i, box] of ascending.slice(1).entries()) expect(box.start).toBe(ascending[i]!.end);
    }
  });

  it('gives every role its pattern, and says in words what is read-only', () => {
    const svg = draw(domain);
    const patterns = [...elementsOf(svg)].filter(({ name }) => name === 'pattern');
    const looks = patterns.map(({ children }) => children[1]!.attributes['d'] ?? children[1]!.name);
    expect(new Set(looks.filter((d) => d !== 'path')).size).toBeGreaterThanOrEqual(5);
    expect(textOf(svg)).toMatch(/page directory: .*read-only/);
  });

  it('leaves the style sheet to the page when asked, and keeps ids apart', () => {
    expect(drawingSvg(domain)).toContain(SVG_STYLE);
    const inline = drawingSvg(domain, { embedStyle: false, idPrefix: 'left' });
    expect(inline).not.toContain('<style');
    const ids = [...elementsOf(parseXml(inline))].flatMap(({ attributes }) => attributes['id'] ?? []);
    for (const id of ids) expect(id).toMatch(/^left-/);
    for (const [, reference] of inline.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(reference);
  });

  it('needs nothing from outside', () => {
    expect(drawingSvg(domain).replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|@import|href/);
    expect(SVG_STYLE).not.toMatch(/[<&]/);
  });

  it('draws a domain without Xen in three columns', () => {
    const memory = new PhysicalMemory(4 * 2 ** 20);
    const bare = buildDomain(memory, {
      profile: 'document',
      frames: Uint32Array.from({ length: 256 }, (_, i) => 0x300 - i),
      sharedInfoFrame: 0x10,
      kernel: sampleKernel(4096),
    });
    expect(new Set(boxesOf(draw(bare)).map(({ x }) => x)).size).toBe(3);
  });
});
