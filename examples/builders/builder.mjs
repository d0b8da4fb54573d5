/**
 * A builder of page tables as a module, for `x86-paging check` and `x86-paging campaign`: docs/builders.md tells what it
 * is asked for. It needs nothing but JavaScript.
 *
 *   x86-paging campaign ./builder.mjs --runs 1000
 */

const [P, RW, US, PS, G] = [1n, 2n, 4n, 0x80n, 0x100n];
const NX = 1n << 63n;

const LEVELS = { '32-bit': 2, PAE: 3, '4-level': 4, '5-level': 5 };

/** @param {import('x86-paging/campaign').BuildRequest} request */
export default function build({ mode, memoryBytes, frames, mappings }) {
  const memory = new Uint8Array(memoryBytes);
  const view = new DataView(memory.buffer);
  const wide = mode !== '32-bit';
  const indexBits = wide ? 9n : 10n;
  const load = (at) => (wide ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true)));
  const store = (at, entry) =>
    wide ? view.setBigUint64(at, entry, true) : view.setUint32(at, Number(entry), true);
  const free = [...frames];
  const takeTable = () => free.shift() * 4096;
  const root = takeTable();

  const mapPage = (linear, leaf, pageShift) => {
    let table = root;
    for (let level = LEVELS[mode] - 1; ; level--) {
      const shift = 12n + BigInt(level) * indexBits;
      const isPdpte = mode === 'PAE' && level === 2;
      const index = (linear >> shift) & (isPdpte ? 3n : (1n << indexBits) - 1n);
      const at = table + Number(index) * (wide ? 8 : 4);
      if (shift === pageShift) return store(at, leaf);
      // The leaves alone decide about rights. A PDPTE of PAE has no room for any.
      if ((load(at) & P) === 0n) store(at, BigInt(takeTable()) | (isPdpte ? P : P | RW | US));
      table = Number(load(at) & 0xf_ffff_ffff_f000n);
    }
  };

  for (const { linear, physical, bytes, pageSize, writable, user, executable, global } of mappings) {
    const large = pageSize > 4096;
    let flags = P;
    if (writable) flags |= RW;
    if (user) flags |= US;
    if (global) flags |= G;
    if (large) flags |= PS;
    if (!executable) flags |= NX;
    for (let done = 0; done < bytes; done += pageSize) {
      const shift = large ? 12n + indexBits : 12n;
      mapPage(BigInt(linear) + BigInt(done), BigInt(physical + done) | flags, shift);
    }
  }
  return { memory, cr3: root };
}
