import { describe, expect, it } from 'vitest';
import { areasOf, linearAt, placeOfLinear } from '../../src/web/areas.ts';
import { buildMachine } from '../../src/web/build-machine.ts';
import {
  areaAround,
  frameCentre,
  gridOf,
  placed,
  placeOf,
  roleRuns,
  wholeSpace,
} from '../../src/web/map/layout.ts';
import { ROLES } from '../../src/web/page-machine.ts';
import { frameRoles } from '../../src/web/roles.ts';
import { DEFAULT_SCENARIO } from '../../src/web/scenario.ts';

const machine = buildMachine(DEFAULT_SCENARIO);
const { domain } = machine;
const areas = areasOf(machine, '32-bit');
const SPACE = 2 ** 32;

describe('the map', () => {
  it('covers all 4 GiB without gap or overlap', () => {
    let at = 0;
    for (const { start, end } of wholeSpace(areas, SPACE)) {
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(SPACE);
  });

  it('shows the regions of the area that an address lies in', () => {
    const names = (linear: number): string[] => areaAround(areas, SPACE, linear).map(({ name }) => name);
    expect(names(0xc000_0000)).toContain('page directory');
    expect(names(0xfc00_0000)).toContain('linear page table');
    expect(names(0)).toEqual(['hole']);
  });

  it('fills a bar from end to end, each box to scale or of the least size', () => {
    const boxes = placed(areaAround(areas, SPACE, 0xc000_0000), 500, 20);
    let at = 0;
    for (const box of boxes) {
      expect(box.at).toBeCloseTo(at);
      expect(box.size).toBeGreaterThanOrEqual(20);
      at += box.size;
    }
    expect(at).toBeCloseTo(500);
    const scales = boxes.filter((box) => !box.enlarged).map((box) => box.size / (box.end - box.start));
    for (const scale of scales) expect(scale).toBeCloseTo(scales[0]!);
    expect(placeOf(boxes, 0xc000_0000)).toBe(0);
    expect(placeOf(boxes, 0x1000)).toBeUndefined();
  });

  it('draws every frame once, in the colour of its role, inside the grid', () => {
    const { roles } = frameRoles(machine);
    const grid = gridOf(roles.length, 900, 60);
    const areas = new Map<string, number>();
    roleRuns(roles, grid, (role, column, row, length) => {
      const name = ROLES[role]!;
      areas.set(name, (areas.get(name) ?? 0) + length);
      expect(column + length).toBeLessThanOrEqual(grid.columns);
      expect(row).toBeLessThan(grid.rows);
    });
    const counted = ROLES.map((role, i) => [role, roles.filter((other) => other === i).length] as const);
    expect(areas).toEqual(new Map(counted.filter(([, n]) => n !== 0)));
    expect(grid.rows * grid.cell).toBeLessThan(62);
    expect(frameCentre(grid.columns + 1, grid)).toEqual([grid.cell * 1.5, grid.cell * 1.5]);
  });

  it('names every table of the domain and where the guest sees it', () => {
    const { tables } = frameRoles(machine);
    expect(tables).toHaveLength(1 + domain!.pageTables.length);
    expect(tables[1]).toMatchObject({ frame: domain!.pageTables[0] });
    expect(tables[1]!.mappedAt).toBe(0xc000_0000 + (domain!.pageCount - 2) * 4096);
  });

  it('places also the upper half of long mode, and finds its addresses again', () => {
    const plain = buildMachine({
      ...DEFAULT_SCENARIO,
      setting: 'plain',
      format: '4-level',
      cpu: 'broadwell',
    });
    const found = areasOf(plain, '4-level');
    expect(found.map(({ name }) => name)).toEqual(['program', 'heap', 'large pages', 'stack', 'kernel']);
    const whole = wholeSpace(found, 2 ** 48);
    expect(whole[0]!.start).toBe(0);
    for (const [i, part] of whole.entries()) if (i > 0) expect(part.start).toBe(whole[i - 1]!.end);
    const direct = 0xffff_8880_0000_1000n;
    expect(linearAt(placeOfLinear(direct, '4-level'), '4-level')).toBe(direct);
  });

  it('finds areas of its own where nobody has named any', () => {
    const { memory, cpu, registers } = buildMachine({ ...DEFAULT_SCENARIO, setting: 'plain' });
    const found = areasOf({ memory, cpu, registers }, '32-bit');
    expect(found.map(({ start, end }) => [start.toString(16), end.toString(16)])).toEqual([
      ['8048000', '804e000'],
      ['40000000', '40100000'],
      ['80000000', '80400000'],
      ['bfffc000', 'c2000000'],
    ]);
  });
});
