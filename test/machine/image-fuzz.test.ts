/** Headers with right checksums and hostile contents: what comes out is a machine that everything can use, or an ImageError. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GeneralProtectionError, InvalidOpcodeError, READ } from '../../src/arch/index.ts';
import {
  domainMachine,
  ImageError,
  loadMachine,
  type Machine,
  mmuOf,
  regionNames,
  saveMachine,
} from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { drawingText } from '../../src/render/index.ts';
import { sectionsOf, withHeader } from '../support/image-file.ts';
import { domainIn } from '../support/machines.ts';

/** Values that programs forget: whatever stands in a header may be replaced by one. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    '\u001b[2J',
    [],
    {},
    [null],
    'x'.repeat(5000),
    '0x',
    '0xffffffffffffffff',
  ),
  fc.constantFrom<unknown>(-1, 0, 1, 0.5, 4095, 4096, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 1e308, -0),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The header with the value at a path replaced, or taken out. The path is chosen by numbers, whatever is there. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by;
  const keys = Object.keys(value);
  const key = keys[path[0]! % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const next = replaced((value as Record<string, unknown>)[key], path.slice(1), by);
  if (Array.isArray(value)) return value.with(Number(key), next);
  return { ...value, [key]: next };
}

/** Everything that commands do with a machine, but for the walk of every page. */
function use(machine: Machine): void {
  const nameOf = regionNames(machine);
  nameOf(0xc000_0000);
  if (machine.domain !== undefined) drawingText(machine.domain);
  try {
    mmuOf(machine).translate(0xc000_0000, READ);
  } catch (error) {
    // The CPU model refuses the state: that is the machine's owner's business.
    if (!(error instanceof GeneralProtectionError || error instanceof InvalidOpcodeError)) throw error;
  }
  expect(loadMachine(saveMachine(machine)).registers).toEqual(machine.registers);
}

interface Header {
  readonly domain: { readonly layout: readonly object[] };
}

describe('a hostile header', () => {
  const files = (['none', 'slots', 'image'] as const).map((kind) => {
    const ram = new PhysicalMemory(2 * 2 ** 20);
    const regions = [{ name: 'one', space: 'linear', start: 0, end: 4096 }] as const;
    return saveMachine({ ...domainMachine(ram, domainIn(ram, kind)!), regions, notes: ['a'] });
  });

  it('gives an ImageError, or a machine that can be used', () => {
    let loaded = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), hostile), {
          minLength: 1,
          maxLength: 2,
        }),
        (file, changes) => {
          const damaged = withHeader(file, (header) =>
            changes.reduce<unknown>((value, [path, by]) => replaced(value, path, by), header),
          );
          let machine: Machine;
          try {
            machine = loadMachine(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(ImageError);
            expect((error as ImageError).message).toMatch(/^[\x20-\x7e…·]{1,400}$/);
            return;
          }
          loaded++;
          use(machine);
        },
      ),
      { numRuns: 2000 },
    );
    expect(loaded).toBeGreaterThan(20);
  });

  it.each([
    ['no region at all', (domain: Header['domain']) => ({ ...domain, layout: [] }), 'names 0 of'],
    [
      'a region left out',
      (domain: Header['domain']) => ({ ...domain, layout: domain.layout.toSpliced(1, 1) }),
      'goes on with page',
    ],
    [
      'start_info where none is: seed 952787210 drew it and failed',
      (domain: Header['domain']) => ({ ...domain, startInfoAddress: 0xfff0_0000 }),
      'has no start_info',
    ],
  ])('is refused for %s', (_, change, text) => {
    const damaged = withHeader(files[0]!, (header) => {
      const { domain, ...rest } = header as unknown as Header;
      return { ...rest, domain: change(domain) };
    });
    expect(() => loadMachine(damaged)).toThrow(ImageError);
    expect(() => loadMachine(damaged)).toThrow(text);
  });

  it('is changed by this test at all depths', () => {
    const header = JSON.parse(Buffer.from(sectionsOf(files[0]!)[0]!.content).toString()) as {
      domain: { layout: object[] };
    };
    const changed = replaced(header, [6, 9, 0, 0], 'x') as typeof header;
    expect(changed.domain.layout[0]).toMatchObject({ name: 'x' });
  });
});
