/**
 * Where a guest's RAM lies, as QEMU's `info mtree -f` prints it: the flat views of its address spaces, of which that
 * named `memory` is what the CPUs see. Reading anything else could be an access to a device.
 * Source: QEMU, system/memory.c, `mtree_print_flatview`.
 */

import type { PhysicalRange } from '../../dump/index.ts';
import { QmpError } from './qmp-error.ts';

/** `  0000000000000000-000000000009ffff (prio 0, ram): pc.ram` */
const REGION = /^ +([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ([^)]+)\)/;
/** As in QEMU's own dumps: all that is memory, not devices' memory (`ramd`) and not memory that outlives the guest (`nv-ram`). */
const IS_RAM: ReadonlySet<string> = new Set(['ram', 'rom']);
/** Physical addresses of x86 have at most 52 bits. */
const PHYSICAL_END = 2 ** 52;

/**
 * The stretches of RAM and ROM that a guest's CPUs see, ascending, neighbours joined.
 * @throws QmpError `protocol` if the text does not tell.
 */
export function ramRanges(text: string): PhysicalRange[] {
  const found: { start: number; end: number }[] = [];
  let here = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('FlatView')) {
      if (found.length > 0) break;
      here = false;
    } else if (/^ AS "memory",/.test(line)) here = true;
    else if (here) {
      const [, first, last, kind] = REGION.exec(line) ?? [];
      if (kind === undefined || !IS_RAM.has(kind)) continue;
      const start = Number(`0x${first}`);
      const end = Number(BigInt(`0x${last}`) + 1n);
      if (!(start < end && end <= PHYSICAL_END)) throw unknown(`a region ends at 0x${last}`);
      const before = found.at(-1);
      if (before !== undefined && start < before.end)
        throw unknown(`its regions are not in order at 0x${first}`);
      if (before?.end === start) before.end = end;
      else found.push({ start, end });
    }
  }
  if (found.length === 0) throw unknown('it names no RAM');
  return found;
}

function unknown(why: string): QmpError {
  return new QmpError(
    'protocol',
    `where the guest's RAM lies cannot be read from QEMU's 'info mtree -f': ${why}`,
  );
}
