import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { textOf } from '../support/documents.ts';
import { FakeQemu } from './fake-qemu.ts';
import { KERNEL, writeGuest } from './guest-dump.ts';
import { inProcess, startX86paging } from './run.ts';

const guest = writeGuest();
afterAll(() => rmSync(guest.folder, { recursive: true, force: true }));
// A page table among the program's own pages, and data that became executable.
const later = guest.later('later.elf', (_, mapper) => {
  mapper.map(0x61_0000, 0x50_8000, 0x1000, { user: true, writable: true, executable: false });
  mapper.protect(KERNEL + 0x10_1000n, 0x1000, { executable: true });
});
const files = [guest.elf, guest.raw, guest.vmlinux, guest.systemMap, later].map((path) => basename(path));

/** Command lines with what they print. */
const recipes = [
  ...textOf('docs/kernel-day.md').matchAll(
    /^## (\d+)\. .*?^```sh\nx86-paging ([^\n]+)\n```\n\n```text\n(.*?)^```/gms,
  ),
].map(([, number, line, output]) => ({ number: Number(number), line: line!, output: output! }));

/** The lines that stand in a document, as a pattern: those left out may be any. */
function patternOf(output: string): RegExp {
  const lines = output.split('\n').map((line) => line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${lines.join('\n').replaceAll('…\n', '(?:[^\\n]*\\n)*')}$`);
}

describe("a kernel developer's day", () => {
  it('has ten commands', () => {
    expect(recipes.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each(recipes)('$number: x86-paging $line', async ({ line, output }) => {
    const args = line.split(' ').map((word) => (files.includes(word) ? join(guest.folder, word) : word));
    const expected = patternOf(output);
    if (!line.includes('--qemu')) {
      expect((await inProcess(args)).out).toMatch(expected);
      return;
    }
    const registers = `CPU#0\nCR0=80010033 CR2=0 CR3=${guest.roots[0].toString(16)} CR4=000000a0\nEFER=0000000000000d01\n`;
    const qemu = await FakeQemu.start({ ram: readFileSync(guest.raw), registers });
    try {
      const { out, err } = await startX86paging(args.map((arg) => arg.replace('unix:qmp.sock', qemu.address)))
        .result;
      expect([out, err]).toEqual([expect.stringMatching(expected), expect.stringContaining('held')]);
    } finally {
      qemu.stop();
    }
  });
});
