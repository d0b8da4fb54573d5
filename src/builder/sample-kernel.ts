import { packKernel } from './kernel-image.ts';

/** i386 code: reads start_info as a kernel does first, then waits for ever. */
const CODE = [
  ...[0x8b, 0x06], // mov eax, [esi]         nr_pages
  ...[0x8b, 0x5e, 0x10], // mov ebx, [esi + 16]    pt_base
  ...[0x89, 0xc1], // mov ecx, eax
  ...[0xeb, 0xfe], // jmp $
];

/**
 * A kernel of our own, for demonstrations: a few instructions, then zeros.
 *
 * @param bytes - Size of its image. Default 1 MiB, about that of a XenoLinux of 2004.
 * @param loadAddress - Default 0xc000_0000.
 */
export function sampleKernel(bytes = 0x10_0000, loadAddress = 0xc000_0000): Uint8Array {
  const payload = new Uint8Array(bytes);
  payload.set(CODE.slice(0, bytes));
  return packKernel(payload, loadAddress);
}
