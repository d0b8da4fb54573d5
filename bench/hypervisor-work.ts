/** What it costs that Xen checks everything: a domain built through the hypervisor, beside the same list of updates stored. */
import { buildDomain, type Domain, packKernel } from 'x86-paging/builder';
import { PhysicalMemory } from 'x86-paging/memory';
import { Xen } from 'x86-paging/xen';
import { hashWords } from './lists.ts';
import { allocateFrames, KERNEL_BYTES, type PeerFiles } from './scene.ts';
import type { Variant, Work } from './work.ts';

const MIB = 2 ** 20;
const KERNEL = packKernel(KERNEL_BYTES, 0xc000_0000);
const FRAME_TABLE = 0x140_0000;
const M2P = 0x100_0000;
const FRAME_ENTRY_BYTES = 24;
const SHARED_INFO = 0x120;
/** Below those that `allocateFrames` gives out. */
const FRAME_OF_DOMAIN_0 = 0x2bff;
/** Directory slots below Xen's. */
const GUEST_SLOTS = 1008;

/** All clear the tables, and end with every entry and every page number in place. */
export function hypervisorWork(mebibytes: number, files: PeerFiles): Work {
  const pages = mebibytes * 256;
  const bytes = (mebibytes + 128) * MIB;
  let frames: Uint32Array | undefined;
  return {
    name: `checked-build-${mebibytes}`,
    title: `a domain of ${mebibytes} MiB through the hypervisor: build, update list, BUILDDOMAIN`,
    unit: 'page',
    operations: pages,
    variants: { ours: variantOf(mebibytes, buildChecked), unchecked: variantOf(mebibytes, buildUnchecked) },
    program: {
      work: 'xen-build',
      setup() {
        frames ??= allocateFrames(new PhysicalMemory(bytes), mebibytes);
        return [
          `ram ${bytes}`,
          files.listCommand('frames', frames),
          files.listCommand('kernel', KERNEL_BYTES),
        ];
      },
    },
  };
}

type Build = (memory: PhysicalMemory, frames: Uint32Array) => Domain;

/** Made at the first run: most runs of the bench leave these out. */
function variantOf(mebibytes: number, build: Build): Variant {
  let made: { memory: PhysicalMemory; frames: Uint32Array } | undefined;
  let domain: Domain;
  return {
    run() {
      if (made === undefined) {
        const memory = new PhysicalMemory((mebibytes + 128) * MIB);
        made = { memory, frames: allocateFrames(memory, mebibytes) };
      }
      domain = build(made.memory, made.frames);
    },
    hash: () => hashOf(made!.memory, domain),
  };
}

/** As the facts have it: Xen gives the frames out, takes each update by its rules, and makes the directory current. */
function buildChecked(memory: PhysicalMemory, frames: Uint32Array): Domain {
  forgetFrames(memory);
  const xen = new Xen(memory);
  xen.createDomain({ id: 0, frames: [FRAME_OF_DOMAIN_0], perDomainFrame: 0x160, sharedInfoFrame: 0x161 });
  xen.createDomain({ id: 1, frames, perDomainFrame: 0x150, sharedInfoFrame: SHARED_INFO });
  const domain = buildCleared(memory, frames);
  const { result } = xen.startDomain(domain);
  if (result !== 0) throw new Error(`Xen refused the domain: ${result}`);
  return domain;
}

/** The same, nothing looked at: each update is stored where its pointer says. */
function buildUnchecked(memory: PhysicalMemory, frames: Uint32Array): Domain {
  const domain = buildCleared(memory, frames);
  const { updates } = domain;
  for (let i = 0; i < updates.length; i += 2) {
    const pointer = updates[i]!;
    const value = updates[i + 1]!;
    if ((pointer & 3) === 0) memory.writeUint32(pointer, value);
    else if ((pointer & 3) === 2) memory.writeUint32(M2P + 4 * (pointer >>> 12), value);
  }
  return domain;
}

function buildCleared(memory: PhysicalMemory, frames: Uint32Array): Domain {
  const options = { frames, sharedInfoFrame: SHARED_INFO, kernel: KERNEL, domainId: 1 };
  return buildDomain(memory, { ...options, profile: 'xen-1.2', tables: 'cleared' });
}

/** Empties the frame table, so that the same frames can be given out again. */
function forgetFrames(memory: PhysicalMemory): void {
  const end = Math.ceil((FRAME_TABLE + memory.frameCount * FRAME_ENTRY_BYTES) / 4096);
  for (let frame = FRAME_TABLE / 4096; frame < end; frame++) memory.frame(frame).fill(0);
}

/** Of the directory below Xen, the page tables, and the page number of every frame. */
function hashOf(memory: PhysicalMemory, { pageDirectory, pageTables, frames }: Domain): number {
  const wordsAt = (address: number, count: number): Uint32Array =>
    new Uint32Array(memory.read(address, 4 * count).buffer);
  const numbers = frames.map((frame) => memory.readUint32(M2P + 4 * frame));
  let hash = hashWords(numbers);
  for (const words of [
    wordsAt(pageDirectory, GUEST_SLOTS),
    ...Array.from(pageTables, (frame) => wordsAt(frame * 4096, 1024)),
  ]) {
    hash = (Math.imul(hash, 31) + hashWords(words)) >>> 0;
  }
  return hash;
}
