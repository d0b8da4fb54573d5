/** The proof of a domain: all of its claims, every page asked for by every kind of access. */
import { verifyDomain } from 'x86-paging/verify';
import { buildMachine } from './scene.ts';
import { GROWTH_MIB, type Work } from './work.ts';

export function proofWork(): Work[] {
  return GROWTH_MIB.map(proof);
}

function proof(mebibytes: number): Work {
  // Made at the first run: most runs of the bench leave these out.
  let machine: ReturnType<typeof buildMachine> | undefined;
  let ok = false;
  return {
    name: `verify-${mebibytes}`,
    title: `\`verifyDomain\`, ${mebibytes} MiB: 2^20 pages × 6 kinds of access, all claims`,
    unit: 'translation',
    operations: 6 * 2 ** 20,
    variants: {
      ours: {
        run() {
          machine ??= buildMachine(mebibytes);
          ok = verifyDomain(machine.memory, machine.domain).ok;
        },
        hash() {
          if (!ok) throw new Error(`the domain of ${mebibytes} MiB does not verify`);
          return 1;
        },
      },
    },
  };
}
