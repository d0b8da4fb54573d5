import { CPU_MODELS, type CpuModelName } from '../../arch/index.ts';
import type { GivenRegisters } from '../../campaign/index.ts';

/** The bits of each register that can be given. */
const BITS = { cr3: 52, cr0: 32, cr4: 32, efer: 32 } as const;

/**
 * The registers that a builder gives: numbers, or strings such as `"0x1000"`.
 * @param refuse - Makes the error for what is wrong, told as "no cr3".
 */
export function registersIn(value: unknown, refuse: (what: string) => Error): GivenRegisters {
  if (typeof value !== 'object' || value === null) throw refuse('no object with a cr3');
  const given = value as Readonly<Record<string, unknown>>;
  const registers: Record<string, number> = {};
  for (const [name, bits] of Object.entries(BITS)) {
    if (given[name] === undefined) continue;
    const number = numberIn(given[name]);
    if (number === undefined || number >= 2 ** bits) {
      throw refuse(`${name} = ${JSON.stringify(String(given[name]))}, which is no number of ${bits} bits`);
    }
    registers[name] = number;
  }
  const { cr3, ...others } = registers;
  if (cr3 === undefined) throw refuse('no cr3, the address of the root table');
  const { cpu } = given;
  if (cpu === undefined) return { cr3, ...others };
  if (typeof cpu === 'object' && cpu !== null) return { cr3, ...others, cpu: cpu as never };
  if (typeof cpu === 'string' && Object.hasOwn(CPU_MODELS, cpu)) {
    return { cr3, ...others, cpu: cpu as CpuModelName };
  }
  throw refuse(`the CPU ${JSON.stringify(cpu)}; there are ${Object.keys(CPU_MODELS).join(', ')}`);
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'string' && /^(0x[\da-f]+|\d+)$/i.test(value)) return Number(value);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
