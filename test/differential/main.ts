import { parseArgs } from 'node:util';
import { emulatorVersion } from './emulators.ts';
import { runRound } from './round.ts';
export async function main(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '500' },
      boots: { type: 'string', default: '1' },
      case: { type: 'string' },
    },
  });
  for (const n of ['bochs', 'qemu'] as const) console.log(n, emulatorVersion(n));
  const t = Date.now();
  const r = await runRound({
    seed: Number(values.seed),
    cases: Number(values.cases),
    boots: Number(values.boots),
    from: values.case ? Number(values.case) : 0,
  });
  for (const b of r) {
    console.log(b.emulator, b.cpuName, b.world, b.seconds.toFixed(1) + 's', b.stopped ?? '');
    for (const [g, x] of b.groups)
      console.log('   ', g, x.cases, 'agree', x.agreed, 'diff', x.differences.length);
    const kinds = new Map<string, number>();
    for (const d of [...b.groups.values()].flatMap((x) => x.differences)) {
      const f = d.ourStep?.walks.map((w) => (w.ok ? 'ok' : w.fault.reason)).join(',');
      const k = `${d.field} ${d.operation?.op === 'access' ? d.operation.instruction + d.operation.cpl : d.operation?.op} ${d.field === 'memory' || d.field === 'CR2' || d.field === 'register' ? '' : `${d.ours} / ${d.theirs}`} ${f} bits ${d.bits?.toString(16)}`;
      kinds.set(k, (kinds.get(k) ?? 0) + 1);
      if (kinds.get(k) === 1) console.log('       e.g. case', d.index, d.step, d.field, d.ours, d.theirs, f);
    }
    for (const [k, n] of [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log('        ', n, k);
  }
  console.log((Date.now() - t) / 1000);
  return 0;
}
