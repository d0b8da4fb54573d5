import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { checkBytes } from '../memory/check-bytes.ts';
import { BuildError } from './build-error.ts';
import { isElf, parseElf } from './elf.ts';
import type { LoadedKernel } from './loaded-kernel.ts';

const SIGNATURE = 'XenoGues';
const HEADER_BYTES = 12;

/**
 * Reads a kernel file: XenoGues (eight bytes of signature, the load address, then raw bytes) or ELF32.
 * @throws BuildError `bad-signature`, `unaligned-load-address` or `bad-elf`.
 */
export function parseKernel(file: Uint8Array, limit: number): LoadedKernel {
  if (isElf(file)) return parseElf(file, limit);
  const signature = String.fromCharCode(...file.subarray(0, 8));
  if (signature !== SIGNATURE || file.length < HEADER_BYTES) {
    throw new BuildError(
      'bad-signature',
      `the kernel image starts with '${signature.replace(/[^ -~]/g, '·')}': neither '${SIGNATURE}' with a load address, nor an ELF header. A flat binary must be packed first: packKernel, or --pack on the command line`,
    );
  }
  const loadAddress = new DataView(file.buffer, file.byteOffset).getUint32(8, true);
  if (loadAddress % PAGE_SIZE !== 0) {
    throw new BuildError(
      'unaligned-load-address',
      `load address ${formatAddress(loadAddress)} is not a multiple of 4096; the page below is ${formatAddress(loadAddress - (loadAddress % PAGE_SIZE))}`,
    );
  }
  return { loadAddress, entry: loadAddress, bytes: file.subarray(HEADER_BYTES) };
}

/**
 * Makes a XenoGues kernel image of a flat binary.
 *
 * @param payload - The bytes that shall lie from `loadAddress` on; execution starts at the first.
 * @param loadAddress - Linear address, a multiple of 4096, 0 to 0xffff_f000. XenoLinux uses 0xc000_0000.
 * @throws RangeError if the address is not of that form.
 * @throws TypeError if the payload is no Uint8Array.
 */
export function packKernel(payload: Uint8Array, loadAddress: number): Uint8Array {
  checkBytes(payload, 'packKernel');
  if (
    !(
      Number.isInteger(loadAddress) &&
      loadAddress >= 0 &&
      loadAddress <= 0xffff_f000 &&
      loadAddress % PAGE_SIZE === 0
    )
  ) {
    throw new RangeError(`load address ${loadAddress} is not a multiple of 4096 in 0 to 0xffff_f000`);
  }
  const file = new Uint8Array(HEADER_BYTES + payload.length);
  for (let i = 0; i < SIGNATURE.length; i++) file[i] = SIGNATURE.charCodeAt(i);
  new DataView(file.buffer).setUint32(8, loadAddress, true);
  file.set(payload, HEADER_BYTES);
  return file;
}
