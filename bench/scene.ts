/** The machine that the MMU is measured on: a 512 MiB domain with scattered frames. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDomain, type Domain, packKernel } from 'x86-paging/builder';
import { FrameAllocator, PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';

const MIB = 2 ** 20;
/** Xen keeps machine memory below 44 MiB. */
const FIRST_FRAME = 0x2c00;
const SHARED_INFO = 0x120;
/** PSE and PGE, as Xen sets CR4. */
const CR4 = 0x90;
/** No code, but as long as a small kernel. */
const KERNEL = packKernel(new Uint8Array(100_000).fill(0x90), 0xc000_0000);

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
export function buildOf(memory: PhysicalMemory, frames: Uint32Array): Domain {
  return buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame: SHARED_INFO,
    kernel: KERNEL,
    xen: { kind: 'slots' },
  });
}

/** Memory with a domain of the given size in it. */
export function buildMachine(mebibytes: number): Machine {
  const memory = new PhysicalMemory((mebibytes + 128) * MIB);
  return { memory, domain: buildOf(memory, allocateFrames(memory, mebibytes)) };
}

export class Scene {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
  /** For what C reads. */
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'x86-paging-bench-'));
  readonly #files = new Map<Uint32Array, string>();
  #image: string | undefined;

  constructor(mebibytes: number) {
    const { memory, domain } = buildMachine(mebibytes);
    this.memory = memory;
    this.domain = domain;
  }

  get folder(): string {
    return this.#folder;
  }

  get pages(): number {
    return this.domain.pageCount;
  }

  /** An MMU with an empty TLB. */
  mmu(): Mmu {
    return new Mmu(this.memory, { cr3: this.domain.pageDirectory, cr4: CR4 });
  }

  /** Gives C a copy of our RAM. */
  loadCommand(): string {
    this.#image ??= this.#writeImage();
    return `load ${this.#image} ${this.memory.sizeBytes} ${this.domain.pageDirectory}`;
  }

  /** Gives C a list: `linear` addresses or `frames`. */
  listCommand(kind: 'linear' | 'frames', list: Uint32Array): string {
    let file = this.#files.get(list);
    if (file === undefined) {
      file = join(this.#folder, `list-${this.#files.size}`);
      writeFileSync(file, list);
      this.#files.set(list, file);
    }
    return `${kind} ${file}`;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #writeImage(): string {
    const path = join(this.#folder, 'ram');
    const file = openSync(path, 'w');
    ftruncateSync(file, this.memory.sizeBytes);
    for (const { start: first, count: frames } of this.memory.writtenFrames()) {
      const bytes = this.memory.read(first * 4096, frames * 4096);
      writeSync(file, bytes, 0, bytes.length, first * 4096);
    }
    closeSync(file);
    return path;
  }
}
