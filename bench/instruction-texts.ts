/** What valgrind and QEMU print, read: instructions of a program, and of one load of a guest. */

/** @returns Instructions since the dump before, of a file that valgrind's callgrind wrote. */
export function instructionsOfDump(text: string): number {
  const total = /^(?:summary|totals): (\d+)$/m.exec(text)?.[1];
  if (total === undefined || !/^events: Ir$/m.test(text)) throw new Error('this is no dump of callgrind');
  return Number(total);
}

/** The host's code for one load of a guest, as QEMU's code generator made it. */
export interface GuestLoad {
  /** All of it: the address, TLB and memory, the guest's register. The way of a TLB miss is not in it. */
  readonly all: readonly string[];
  /** From the first instruction that looks for the TLB's entry to the load itself. */
  readonly hit: readonly string[];
}

/**
 * Finds the loads of a guest in what QEMU writes with `-d in_asm,out_asm`.
 *
 * @param source - What QEMU prints of the guest's instruction: `0x1000(%ebx), %eax`.
 * @throws Error if the code looks as no version of QEMU did when this was written.
 */
export function guestLoadOf(log: string, source: string): GuestLoad {
  for (const block of log.split(/^IN: *$/m).slice(1)) {
    const [guest, host] = block.split(/^OUT: .*$/m);
    const line = guest!.split('\n').find((text) => text.endsWith(source));
    if (line === undefined || host === undefined) continue;
    // A position-independent block names its instructions by their place in the page.
    const place = Number(line.slice(0, line.indexOf(':'))) % 4096;
    const all = sectionOf(host, place);
    return { all, hit: hitOf(all) };
  }
  throw new Error(`QEMU translated no instruction '${source}'`);
}

/** The instructions that QEMU made of the guest's one at that place in its page. */
function sectionOf(host: string, place: number): string[] {
  for (const section of host.split(/^ {2}-- /m)) {
    const address = /^guest addr (0x[0-9a-f]+)/.exec(section)?.[1];
    if (address === undefined || Number(address) % 4096 !== place) continue;
    // Address, bytes, mnemonic. A line without mnemonic continues the bytes of the one before.
    return [...section.matchAll(/^0x[0-9a-f]+: {2}(?:[0-9a-f]{2} )+ *([a-z].*?) *$/gm)].map(([, text]) =>
      text!.replace(/\s+/g, ' '),
    );
  }
  throw new Error(`QEMU's code has nothing for the guest's instruction at ${place} of its page`);
}

/** The TLB is looked up in %rdi and compared; whatever is not there goes to the slow path by a `jne`. */
function hitOf(all: readonly string[]): string[] {
  const first = all.findIndex((text) => /, %rdi$/.test(text));
  const branch = all.findIndex((text) => text.startsWith('jne '));
  const load = all.findIndex((text, i) => i > branch && /^mov\w+ \(%\w+\), %\w+$/.test(text));
  if (first < 0 || branch < first || load < branch) throw new Error(`no TLB hit in QEMU's ${all.join('; ')}`);
  return all.slice(first, load + 1);
}
