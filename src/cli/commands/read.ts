import { statSync } from 'node:fs';
import { type LinearPiece, type ReadStop, readLinear } from '../../inspect/index.ts';
import type { Mmu } from '../../mmu/index.ts';
import { HexDump, pieceJson, readStopJson, readStopText } from '../../render/index.ts';
import { atMostOne, type Command, type Invocation, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { writeOutput } from '../files.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll } from '../machine-source.ts';
import { parseBits, parseLinear, parseSize } from '../numbers.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';

export const read: Command = {
  name: 'read',
  summary: 'read memory at a linear address, through the page tables',
  operands: 'ADDRESS LENGTH [FILE]',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    raw: { type: 'boolean', help: 'write the bytes themselves to standard output' },
    out: { type: 'string', value: 'FILE', help: 'write the bytes to a file' },
    all: { type: 'boolean', help: 'print every line of a hex dump, also those that repeat' },
  },
  examples: [
    'x86-paging read 0xC0000000 64',
    'x86-paging read 0xffff_8880_0010_0000 4K guest.elf --raw > page.bin',
    'x86-paging read linux_banner 128 guest.elf --symbols System.map',
  ],
  async run(invocation) {
    const { values, operands, note } = invocation;
    atMostOne(values, 'raw', 'out', 'json');
    const [address, size, file, ...more] = operands;
    if (address === undefined || size === undefined || more.length > 0)
      throw new UsageError(
        'read takes an address and a length, and then a file if there is one, such as 0xC0000000 64 guest.elf',
      );
    const names = namesFrom(values);
    // Of 64 bits before the paging mode is known, so that a slip is told before a file is read.
    parseBits(names.resolve(address), 'address', 64);
    const length = parseSize(size, 'length');
    if (values['raw'] === true && invocation.width !== undefined)
      throw new UsageError(
        '--raw writes bytes that are no text; send them into a pipe or file, or use --out FILE',
      );
    const out = text(values, 'out');
    for (const source of [file, text(values, 'image')]) if (out !== undefined) refuseSame(out, source);
    const machine = await machineFrom(values, file);
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    names.settle(mmu, note);
    const where = parseLinear(names.resolve(address), mmu.mode);
    const pieces = new Pieces(mmu, where, length, invocation);
    if (out !== undefined) await writeOutput(out, pieces.bytes());
    else show(pieces, invocation, names.nameOf);
    const { stop } = pieces;
    if (stop === undefined) return EXIT.done;
    if (invocation.json) invocation.printJson(readStopJson(stop));
    else note(readStopText(stop));
    return EXIT.negative;
  },
};

/** What is read, piece by piece, and where it stopped. */
class Pieces {
  stop: ReadStop | undefined;
  readonly #mmu: Mmu;
  readonly #linear: number | bigint;
  readonly #length: number;
  readonly #progress: Invocation['progress'];

  constructor(mmu: Mmu, linear: number | bigint, length: number, { progress }: Invocation) {
    this.#mmu = mmu;
    this.#linear = linear;
    this.#length = length;
    this.#progress = progress;
  }

  *all(): Generator<LinearPiece> {
    const bar = this.#progress('reading');
    const pieces = readLinear(this.#mmu, this.#linear, this.#length);
    let done = 0;
    for (let next = pieces.next(); ; next = pieces.next()) {
      if (next.done === true) {
        this.stop = next.value;
        break;
      }
      done += next.value.bytes.length;
      bar.update(done, this.#length);
      yield next.value;
    }
    bar.end();
  }

  *bytes(): Generator<Uint8Array> {
    for (const { bytes } of this.all()) yield bytes;
  }
}

function show(
  pieces: Pieces,
  { values, json, width, style, print, printJson, stdout }: Invocation,
  nameOf: ((linear: number | bigint) => string | undefined) | undefined,
): void {
  if (values['raw'] === true) for (const bytes of pieces.bytes()) stdout.write(bytes);
  else if (json) for (const piece of pieces.all()) printJson(pieceJson(piece));
  else {
    const dump = new HexDump({ style, width, nameOf, all: values['all'] === true });
    for (const piece of pieces.all()) for (const line of dump.lines(piece)) print(line);
    for (const line of dump.rest()) print(line);
  }
}

/** @throws UsageError if what is to be written is the machine's own file, by whatever name. */
function refuseSame(out: string, source: string | undefined): void {
  const there = statSync(out, { throwIfNoEntry: false });
  const from = source === undefined ? undefined : statSync(source, { throwIfNoEntry: false });
  if (there?.isFile() && from !== undefined && there.dev === from.dev && there.ino === from.ino)
    throw new UsageError(
      `--out '${out}' is the machine's own file, which is never written to; give another name`,
    );
}
