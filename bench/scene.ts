/** The machine that the MMU is measured on: a 512 MiB domain with scattered frames. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildDomain, type Domain, packKernel } from 'x86-paging/builder';
import { FrameAllocator, type ListClass, type MemoryList, PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';

const MIB = 2 ** 20;
/** Xen keeps machine memory below 44 MiB. */
const FIRST_FRAME = 0x2c00;
const SHARED_INFO = 0x120;
/** PSE and PGE, as Xen sets CR4. */
const CR4 = 0x90;
/** No code, but as long as a small kernel. */
export const KERNEL_BYTES: Uint8Array = new Uint8Array(100_000).fill(0x90);
const KERNEL = packKernel(KERNEL_BYTES, 0xc000_0000);

export interface Machine {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
}

/** Scattered machine frames for a domain, none of them Xen's. */
export function allocateFrames(memory: PhysicalMemory, mebibytes: number): Uint32Array {
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: FIRST_FRAME }] });
  return allocator.allocate((mebibytes * MIB) / 4096, { order: 'scattered', seed: 7 });
}

/** A domain of these frames, with a small kernel, and Xen's directory slots above it. */
export function buildOf(
  memory: PhysicalMemory,
  frames: Uint32Array,
  options: Partial<BuildOptions> = {},
): Domain {
  return buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame: SHARED_INFO,
    kernel: KERNEL,
    xen: { kind: 'slots' },
    ...options,
  });
}

/** 32 MiB: what v86's TLB holds as well as ours, so that hits are hits for everyone. */
export const HIT_PAGES = 8192;

/**
 * Words to be read in some of the pages that hits go to: without them a read that always gives 0 would be as good. In
 * all of them, reads would measure the host's caches.
 */
export function fillHitPages(memory: PhysicalMemory, frames: Uint32Array): void {
  for (let page = 0; page < HIT_PAGES; page += 64) {
    const { buffer, byteOffset } = memory.frame(frames[page]!);
    const words = new Uint32Array(buffer, byteOffset, 1024);
    for (let i = 0; i < 1024; i++) words[i] = Math.imul(page * 1024 + i, 0x9e37_79b1);
  }
}

/** Where RAM is kept; `wasm-own`: in WebAssembly memory, and lists of frames and updates there too. */
export type Backing = 'plain' | 'wasm' | 'wasm-own';

/** RAM of that kind. @throws Error where the host has none: a row would not say what it measures. */
export function ramOf(bytes: number, backing: Backing): PhysicalMemory {
  const kind = backing === 'plain' ? 'plain' : 'wasm';
  const memory = new PhysicalMemory(bytes, { backing: kind });
  if (memory.backing !== kind) throw new Error(memory.backingRefusal);
  return memory;
}

/** A copy of a list, where the RAM's own WebAssembly works on it without copying. */
export function ownList<List extends MemoryList>(memory: PhysicalMemory, list: List): List {
  const own = memory.allocateList(list.constructor as ListClass<List>, list.length);
  own.set(list as never);
  return own;
}

/** Memory with a domain of the given size in it. */
export function buildMachine(mebibytes: number, backing: Backing = 'plain'): Machine {
  const memory = ramOf((mebibytes + 128) * MIB, backing);
  return { memory, domain: buildOf(memory, allocateFrames(memory, mebibytes)) };
}

/** What a file is to the program in C. */
type ListKind = 'linear' | 'wide' | 'frames' | 'kernel';

/** What the program in C is given: RAM and lists, as files in a folder of their own. */
export class PeerFiles {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'x86-paging-bench-'));
  readonly #files = new Map<object, string>();

  /** Gives C a copy of our RAM. */
  loadCommand(memory: PhysicalMemory, cr3: number): string {
    return `load ${this.#once(memory, (path) => writeImage(path, memory))} ${memory.sizeBytes} ${cr3}`;
  }

  /** Gives C a list: `linear` addresses, `wide` ones or `frames`; or the `kernel`. */
  listCommand(kind: ListKind, list: Uint8Array | Uint32Array | BigUint64Array): string {
    return `${kind} ${this.#once(list, (path) => writeFileSync(path, list))}`;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #once(content: object, write: (path: string) => void): string {
    let path = this.#files.get(content);
    if (path === undefined) {
      path = join(this.folder, `${this.#files.size}`);
      write(path);
      this.#files.set(content, path);
    }
    return path;
  }
}

export class Scene {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
  readonly #files: PeerFiles;

  constructor(mebibytes: number, files: PeerFiles, backing: Backing = 'plain') {
    const { memory, domain } = buildMachine(mebibytes, backing);
    this.memory = memory;
    this.domain = domain;
    fillHitPages(memory, domain.frames);
    this.#files = files;
  }

  get pages(): number {
    return this.domain.pageCount;
  }

  /** An MMU with an empty TLB. */
  mmu(): Mmu {
    return new Mmu(this.memory, { cr3: this.domain.pageDirectory, cr4: CR4 });
  }

  /** @see PeerFiles.loadCommand */
  loadCommand(): string {
    return this.#files.loadCommand(this.memory, this.domain.pageDirectory);
  }

  /** @see PeerFiles.listCommand */
  listCommand(kind: ListKind, list: Uint8Array | Uint32Array): string {
    return this.#files.listCommand(kind, list);
  }
}

function writeImage(path: string, memory: PhysicalMemory): void {
  const file = openSync(path, 'w');
  // As far as anything is written: C has as much RAM as it is told, and reads all of the file.
  for (const { start, count } of memory.writtenFrames()) {
    const bytes = memory.read(start * 4096, count * 4096);
    writeSync(file, bytes, 0, bytes.length, start * 4096);
  }
  closeSync(file);
}
