import { formatAddress } from '../../arch/index.ts';
import type { Domain } from '../../builder/index.ts';
import { domainMachine, mmuOf } from '../../machine/index.ts';
import { type Access, READ, USER_READ, WRITE } from '../../mmu/index.ts';
import {
  domainJson,
  drawingText,
  formatCount,
  verificationJson,
  verificationText,
  walkJson,
  walkText,
} from '../../render/index.ts';
import { type Verification, verifyDomain } from '../../verify/index.ts';
import { demoDomain } from '../build-options.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'build a 64 MiB domain, draw it, prove its layout, and walk three addresses',
  operands: '',
  options: {},
  examples: ['x86-paging demo'],
  run({ style, json, width, print, printJson, progress }) {
    const { memory, domain } = demoDomain();
    const mmu = mmuOf(domainMachine(memory, domain));
    const verify = (): Verification => {
      const bar = progress('walking 2^20 pages');
      const onProgress = (done: number, total: number): void => bar.update(done, total);
      const verification = verifyDomain(memory, domain, { onProgress });
      bar.end();
      return verification;
    };
    const walks = walksOf(domain);
    if (json) {
      const verification = verify();
      printJson({
        schema: 'x86-paging/demo/1',
        domain: domainJson(domain),
        verification: verificationJson(verification),
        walks: walks.map(({ linear, access }) => walkJson(mmu.explain(linear, access))),
      });
      return verification.ok ? EXIT.done : EXIT.negative;
    }

    const section = (title: string, ...lines: string[]): void => {
      print(`\n${style.title(title)}`);
      for (const line of lines) print(style.dim(line));
      print('');
    };
    print(style.title('A XenoLinux domain at start of day, as Xen left it in February 2004'));
    print(
      style.dim(
        `${formatCount(domain.pageCount, 'frame')}, scattered over ${memory.sizeBytes / 2 ** 20} MiB of machine memory.`,
      ),
    );
    print('');
    print(drawingText(domain, style, width));
    section('Is it right?', 'Every one of the 2^20 linear pages, walked by the MMU for 6 kinds of access:');
    const verification = verify();
    print(verificationText(verification, style, width));
    for (const { title, why, linear, access } of walks) {
      section(title, why);
      print(walkText(mmu.explain(linear, access), style, width));
    }
    print('');
    print(
      style.dim(
        `Go on: x86-paging walk ${formatAddress(domain.startInfoAddress)} · x86-paging map · x86-paging --help`,
      ),
    );
    return verification.ok ? EXIT.done : EXIT.negative;
  },
};

/** Three addresses worth a walk. */
function walksOf(domain: Domain): { title: string; why: string; linear: number; access: Access }[] {
  return [
    {
      title: '1. A read that succeeds',
      why: "The kernel's first instruction: two entries lead to a frame somewhere in memory.",
      linear: domain.loadAddress,
      access: READ,
    },
    {
      title: '2. A write to a page table that faults',
      why: 'The guest may read its tables but not write them, or it could map any frame of the machine.',
      linear: domain.loadAddress + (domain.pageCount - 2) * 4096,
      access: WRITE,
    },
    {
      title: '3. A ring-3 read of Xen that faults',
      why: 'Xen lives in every address space, closed to user mode by the U/S bit.',
      linear: 0xfc40_0000,
      access: USER_READ,
    },
  ];
}
