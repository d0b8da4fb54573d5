import {
  type Mode,
  type RuleFault,
  type RuleSuccess,
  ruleOutcome,
  type What,
  type Who,
} from '../rule/paging-rule.ts';
import {
  build,
  dump,
  example,
  FAULT,
  type Line,
  line,
  type Memory,
  mark,
  mmuOf,
  number,
  placeOf,
} from './machine.ts';

/** A walk: `translate`, with and without a modelled TLB, `explain`, and the manual's rule run as ordinary code. */
export function walks(): Record<string, Line> {
  const access = number('access') as 0;
  const linear = BigInt.asUintN(64, (BigInt(number('high')) << 32n) | BigInt(number('low') >>> 0));
  const translated = (modelled: boolean): Line => {
    const memory = build();
    const mmu = mmuOf(memory, modelled);
    const physical = mmu.translate(linear, access);
    if (physical === FAULT) return `fault ${mmu.faultCode}, RAM ${dump(memory)}`;
    const cached = mmu.tlb.lookup(linear);
    if (cached === undefined)
      return `page ${physical.toString(16)}, which is not cached, RAM ${dump(memory)}`;
    return `${line(physical, cached.pageSize, cached.rights, cached.global, dump(memory))}, ${cached.dirty ? 'dirty' : 'clean'}`;
  };

  const explained = build();
  const report = mmuOf(explained).explain(linear, access);
  const told = report.ok ? mark(explained, report.sets) : undefined;
  const readable = report.ok
    ? `${line(report.physical, report.pageSize, report.rights, report.global, told!)}, ${isDirty(explained, report.steps.at(-1)!.entryAddress)}`
    : `fault ${report.fault.code}, RAM ${dump(explained)}`;
  return {
    translate: translated(false),
    'translate with a modelled TLB': translated(true),
    explain: readable,
    rule: byRule(access),
  };
}

function byRule(access: number): Line {
  const memory = build();
  const has = (register: string, mask: number): boolean => (number(register) & mask) !== 0;
  const cpu = example.cpu;
  const who: Who = access & 4 ? 'user' : access & 8 ? 'implicit' : 'supervisor';
  const what: What = access & 1 ? 'write' : access & 2 ? 'fetch' : 'read';
  const outcome: RuleSuccess | RuleFault = ruleOutcome(
    {
      mode: example.mode as Mode,
      cr3: number('cr3'),
      pdptes: Array.from({ length: 8 }, (_, i) => number(`pdpte${i}`)),
      wp: has('cr0', 0x1_0000),
      pse: has('cr4', 0x10),
      pge: has('cr4', 0x80),
      smep: has('cr4', 0x10_0000),
      smap: has('cr4', 0x20_0000),
      pke: has('cr4', 0x40_0000),
      pks: has('cr4', 0x100_0000),
      nxe: has('efer', 0x800),
      ac: example.values['alignmentCheck'] === '1',
      pkru: number('pkru'),
      pkrs: number('pkrs'),
      maxPhysicalBits: Number(cpu['physicalAddressBits']),
      pse36: cpu['pse36'] === true,
      page1g: cpu['page1g'] === true,
      amd: cpu['amd'] === true,
    },
    (physical) => {
      const at = placeOf(physical);
      return at < memory.sizeBytes ? memory.readUint32(at) | 0 : -1;
    },
    number('low'),
    number('high'),
    who,
    what,
    (access & 16) !== 0,
  );
  if (!outcome.ok) return `fault ${outcome.fault.code}, RAM ${dump(memory)}`;
  const words = mark(memory, outcome.sets);
  const { physical, pageSize, rights, global, sets } = outcome;
  return `${line(physical, pageSize, rights, global, words)}, ${isDirty(memory, sets.at(-1)!.entryAddress)}`;
}

/** D of a leaf as RAM holds it now. */
function isDirty(memory: Memory, entryAddress: number): string {
  const at = placeOf(entryAddress);
  return at >= memory.sizeBytes || (memory.readUint32(at) & 0x40) !== 0 ? 'dirty' : 'clean';
}
