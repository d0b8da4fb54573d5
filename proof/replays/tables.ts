import type { Mode } from '../rule/paging-rule.ts';
import { cpu, example, type Line, Mapper, Mmu, number, PhysicalMemory } from './machine.ts';

/** A page mapped by the table writer, and where the walk finds it. */
export function writer(): Record<string, Line> {
  const found: Record<string, Line> = {};
  for (const shift of [12, 21, 22, 30]) {
    const page = example.values[`page_${shift}`];
    if (page === undefined) continue;
    const physical = Number(page) * 2 ** shift;
    const memory = new PhysicalMemory(64 * 4096);
    let next = 1;
    const mapper = new Mapper(memory, {
      mode: example.mode as Mode,
      cpu: { ...cpu, cr4: true, pse: true } as never,
      allocateFrame: () => next++,
    });
    const long = example.mode === '4-level' || example.mode === '5-level';
    mapper.map(0x4000_0000, physical, 2 ** shift, {
      pageSize: (2 ** shift) as 4096,
      user: true,
      writable: true,
    });
    const mmu = new Mmu(memory, {
      cpu: { ...cpu, cr4: true, pse: true } as never,
      cr3: mapper.root,
      cr4: 0x10 | (example.mode === '32-bit' ? 0 : 0x20) | (example.mode === '5-level' ? 0x1000 : 0),
      efer: long ? 0x100 : 0,
    });
    const report = mmu.explain(0x4000_0000, 5);
    found[`asked for ${shift}`] = `${physical}, no PAT`;
    found[`found for ${shift}`] = report.ok
      ? `${report.physical}, ${report.steps.at(-1)!.flags.includes('PAT') ? 'PAT' : 'no PAT'}`
      : report.fault.reason;
  }
  // A table above 4 GiB: its link is read back by the walk as well.
  const table = Number(example.values['table'] ?? 0) % 2 ** 21;
  const memory = new PhysicalMemory(2 ** 33);
  let frame = Math.max(table, 2 ** 20);
  const mapper = new Mapper(memory, {
    mode: example.mode as Mode,
    cpu: 'ice-lake-server',
    allocateFrame:
      example.mode === '32-bit'
        ? (() => {
            let n = 1;
            return () => n++;
          })()
        : () => frame++ % 2 ** 21,
    ...(example.mode === 'PAE' && { root: 0x1000 }),
  });
  mapper.map(0x4000_0000, 0x5000, 4096, { user: true });
  const long = example.mode === '4-level' || example.mode === '5-level';
  const mmu = new Mmu(memory, {
    cpu: 'ice-lake-server',
    cr3: mapper.root,
    cr4: (example.mode === '32-bit' ? 0 : 0x20) | (example.mode === '5-level' ? 0x1000 : 0),
    efer: long ? 0x100 : 0,
  });
  const report = mmu.explain(0x4000_0000, 4);
  found['asked through a high table'] = `${0x5000}`;
  found['found through a high table'] = report.ok ? `${report.physical}` : report.fault.reason;
  return found;
}

const SIZES: Readonly<Record<string, readonly number[]>> = {
  '32-bit': [12, 22],
  PAE: [12, 21],
  '4-level': [12, 21, 30],
  '5-level': [12, 21, 30],
};

const RIGHTS = ['writable', 'user', 'executable', 'global'] as const;

/** Pages of every size with the attributes of the counterexample, at its linear address. */
export function walkedTables(): Record<string, Line> {
  const found: Record<string, Line> = {};
  for (const shift of SIZES[example.mode]!) {
    // Below and above 4 GiB, as far as entries reach.
    for (const physical of [Number(example.values[`page_${shift}`] ?? 0) * 2 ** shift, 2 ** shift]) {
      const { mapper, asked, linear } = mapped(shift, physical);
      if (mapper === undefined) continue;
      found[`asked for ${shift} at ${physical}`] = asked;
      found[`found for ${shift} at ${physical}`] = seen(mapper, linear);
    }
  }
  return found;
}

/** A large page of which one part changes, or a part of a part: what is seen of the one beside it, before and after. */
export function splitPages(): Record<string, Line> {
  const found: Record<string, Line> = {};
  const sizes = SIZES[example.mode]!;
  const pairs = sizes.flatMap((shift, i) => sizes.slice(0, i).map((smaller) => [shift, smaller] as const));
  for (const [shift, smaller] of pairs) {
    const { mapper, linear } = mapped(shift, Number(example.values[`page_${shift}`] ?? 0) * 2 ** shift, true);
    if (mapper === undefined) continue;
    let at = linear - (linear % BigInt(2 ** shift));
    let whole = shift;
    for (const size of sizes.filter((size) => smaller <= size && size < shift).reverse()) {
      at += BigInt(Math.max(1, number('part') % 2 ** (whole - size)) * 2 ** size);
      whole = size;
    }
    const name = `${at.toString(16)} in ${2 ** smaller} of ${2 ** shift}`;
    found[`asked for ${name}`] = seen(mapper, at).replace(/ of .*? /, ' ');
    mapper.unmap(at ^ BigInt(2 ** smaller), 2 ** smaller);
    found[`found for ${name}`] = seen(mapper, at).replace(/ of .*? /, ' ');
  }
  return found;
}

interface Mapped {
  readonly mapper: InstanceType<typeof Mapper> | undefined;
  readonly memory: InstanceType<typeof PhysicalMemory>;
  readonly linear: bigint;
  readonly asked: Line;
}

let ram: InstanceType<typeof PhysicalMemory>;

function mapped(shift: number, physical: number, plain = false): Mapped {
  const low = BigInt(number('low') >>> 0);
  const canonical = (BigInt(number('high')) << 32n) | low;
  const address = plain ? 0x4000_0000n : canonical;
  const bits = example.mode === '32-bit' || example.mode === 'PAE' ? 32 : 64;
  const linear = BigInt.asUintN(bits, address) & ~BigInt(2 ** shift - 1);
  ram = new PhysicalMemory(64 * 4096);
  let next = 1;
  const wanted = Object.fromEntries(RIGHTS.map((name) => [name, number(`page_${name}`) !== 0]));
  const attributes = plain ? { ...wanted, global: true, user: true, writable: true, dirty: true } : wanted;
  try {
    const mapper = new Mapper(ram, {
      mode: example.mode as Mode,
      cpu: { ...cpu, cr4: true, pge: true } as never,
      allocateFrame: () => next++,
    });
    mapper.map(linear, physical, 2 ** shift, { ...attributes, pageSize: (2 ** shift) as 4096 });
    const letters = RIGHTS.map((name) =>
      (attributes as Record<string, boolean>)[name] ? name[0] : '-',
    ).join('');
    return { mapper, memory: ram, linear, asked: `${physical} of ${2 ** shift} ${letters}` };
  } catch (error) {
    if ((error as Error).name !== 'MapError') throw error;
    return { mapper: undefined, memory: ram, linear, asked: '' };
  }
}

function seen(mapper: InstanceType<typeof Mapper>, linear: bigint): Line {
  const { registers } = mapper;
  const mmu = new Mmu(ram, { ...registers, cr4: registers.cr4 | 0x80 } as never);
  const report = mmu.explain(linear, 0);
  if (!report.ok) return report.fault.reason;
  const { rights, global } = report;
  const letters = RIGHTS.map((name) => ({ ...rights, global })[name] ? name[0] : '-').join('');
  return `${report.physical} of ${report.pageSize} ${letters}`;
}
