import { formatAddress } from '../../arch/index.ts';
import { domainMachine, mmuOf } from '../../machine/index.ts';
import { type Access, READ, USER_READ, WRITE } from '../../mmu/index.ts';
import { drawingText, formatCount, verificationText, walkText, wrap } from '../../render/index.ts';
import { verifyDomain } from '../../verify/index.ts';
import { buildFromOptions } from '../build-options.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { progressBar } from '../terminal.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'build a 64 MiB domain, draw it, prove its layout, and walk three addresses',
  operands: '',
  options: {},
  examples: ['x86-paging demo'],
  run({ style, print }) {
    const { memory, domain } = buildFromOptions({
      memory: '64M',
      frames: 'scattered:7',
      cmdline: 'root=/dev/ram0',
    });
    const mmu = mmuOf(domainMachine(memory, domain));
    const section = (title: string, ...lines: string[]): void => {
      print('');
      print(style.title(title));
      for (const line of lines) for (const part of wrap(line, 80)) print(style.dim(part));
      print('');
    };

    print(style.title('A XenoLinux domain at start of day, as Xen left it in February 2004'));
    print(
      style.dim(
        `${formatCount(domain.pageCount, 'frame')}, scattered over ${memory.sizeBytes / 2 ** 20} MiB of machine memory.`,
      ),
    );
    print('');
    print(drawingText(domain, style));

    section('Is it right?', 'Every one of the 2^20 linear pages, walked by the MMU for 6 kinds of access:');
    const progress = progressBar('walking 2^20 pages');
    const verification = verifyDomain(memory, domain, {
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    print(verificationText(verification, style));

    const walks: [string, string, number, Access][] = [
      [
        '1. A read that succeeds',
        "The kernel's first instruction: two entries lead to a frame somewhere in memory.",
        domain.loadAddress,
        READ,
      ],
      [
        '2. A write to a page table that faults',
        'The guest may read its tables but not write them, or it could map any frame of the machine.',
        domain.loadAddress + (domain.pageCount - 2) * 4096,
        WRITE,
      ],
      [
        '3. A ring-3 read of Xen that faults',
        'Xen lives in every address space, closed to user mode by the U/S bit.',
        0xfc40_0000,
        USER_READ,
      ],
    ];
    for (const [title, why, linear, access] of walks) {
      section(title, why);
      print(walkText(mmu.explain(linear, access), style));
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
