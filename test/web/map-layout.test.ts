import { describe, expect, it } from 'vitest';
import { areaAround, gridOf, heightOf, placed, rolePaths, wholeSpace } from '../../src/web/map-layout.ts';
import { frameRoles, ROLES } from '../../src/web/roles.ts';
import { buildMachine, DEFAULT_SCENARIO } from '../../src/web/scenario.ts';

const machine = buildMachine(DEFAULT_SCENARIO);
const { domain } = machine;

describe('the map', () => {
  it('covers all 4 GiB without gap or overlap', () => {
    let at = 0;
    for (const { start, end } of wholeSpace(domain)) {
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(2 ** 32);
  });

  it('shows the regions of the area that an address lies in', () => {
    const names = (linear: number): string[] => areaAround(domain, linear).map(({ name }) => name);
    expect(names(0xc000_0000)).toContain('page directory');
    expect(names(0xfc00_0000)).toContain('linear page table');
    expect(names(0)).toEqual(['hole']);
  });

  it('fills a column from top to bottom, each box to scale or at the least height', () => {
    const boxes = placed(areaAround(domain, 0xc000_0000), 500, 20);
    let top = 0;
    for (const box of boxes) {
      expect(box.top).toBeCloseTo(top);
      expect(box.height).toBeGreaterThanOrEqual(20);
      top += box.height;
    }
    expect(top).toBeCloseTo(500);
    const scales = boxes.filter((box) => !box.enlarged).map((box) => box.height / (box.end - box.start));
    for (const scale of scales) expect(scale).toBeCloseTo(scales[0]!);
    expect(heightOf(boxes, 0xc000_0000)).toBeCloseTo(500);
  });

  it('draws every frame once, in the colour of its role', () => {
    const { roles } = frameRoles(machine);
    const grid = gridOf(roles.length, 128);
    expect(grid).toEqual({ columns: 128, rows: 128, cell: 1 });
    const areas = [...rolePaths(roles, grid)].map(([role, path]) => {
      const area = [...path.matchAll(/h(\d+)v/g)].reduce((sum, [, width]) => sum + Number(width), 0);
      return [ROLES[role], area];
    });
    const counted = ROLES.map((role, i) => [role, roles.filter((other) => other === i).length]);
    expect(new Map(areas as [string, number][])).toEqual(
      new Map(counted.filter(([, n]) => n !== 0) as [string, number][]),
    );
  });

  it('names every table of the domain and where the guest sees it', () => {
    const { tables } = frameRoles(machine);
    expect(tables).toHaveLength(1 + domain!.pageTables.length);
    expect(tables[1]).toMatchObject({ frame: domain!.pageTables[0], firstLinear: 0xc000_0000 });
    expect(tables[1]!.mappedAt).toBe(0xc000_0000 + (domain!.pageCount - 2) * 4096);
  });
});
