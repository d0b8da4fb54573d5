/**
 * A kernel as small as can be that has processes: mmap, munmap, mprotect, and fork with copy on write. After each change
 * that takes something away it tells the CPU, unless it is told to forget it in one of these.
 */

import { PhysicalMemory } from 'x86-paging/memory';
import { FAULT, Mmu, USER_WRITE } from 'x86-paging/mmu';
import { Mapper } from 'x86-paging/tables';

const PAGE = 4096;

/** What the kernel may forget to tell the CPU of. */
export type Forgotten = 'munmap' | 'mprotect' | 'fork';

interface Process {
  readonly mapper: Mapper;
  /** By linear address: the frame, and whether the program may write to it. */
  readonly pages: Map<number, { frame: number; writable: boolean }>;
}

export class SmallKernel {
  readonly memory: PhysicalMemory = new PhysicalMemory(4 * 2 ** 20);
  readonly mmu: Mmu;
  readonly #forgets: Forgotten | undefined;
  readonly #users = new Map<number, number>();
  #nextFrame = 1;
  #current: Process;

  constructor(forgets?: Forgotten) {
    this.#forgets = forgets;
    this.#current = this.#newProcess();
    this.mmu = new Mmu(this.memory, this.#current.mapper.registers);
  }

  mmap(linear: number, pages: number): void {
    for (let i = 0; i < pages; i++) this.#map(this.#current, linear + i * PAGE, this.#allocate(), true);
  }

  munmap(linear: number, pages: number): void {
    for (let at = linear; at < linear + pages * PAGE; at += PAGE) {
      this.#current.mapper.unmap(at, PAGE);
      this.#current.pages.delete(at);
      if (this.#forgets !== 'munmap') this.mmu.invlpg(at);
    }
  }

  mprotect(linear: number, pages: number, writable: boolean): void {
    for (let at = linear; at < linear + pages * PAGE; at += PAGE) {
      this.#current.pages.get(at)!.writable = writable;
      this.#current.mapper.protect(at, PAGE, { writable });
      if (this.#forgets !== 'mprotect') this.mmu.invlpg(at);
    }
  }

  /** The child has the same frames; whoever writes first gets a copy. */
  fork(): Process {
    const parent = this.#current;
    const child = this.#newProcess();
    for (const [linear, { frame, writable }] of parent.pages) {
      parent.mapper.protect(linear, PAGE, { writable: false });
      this.#map(child, linear, frame, writable, false);
    }
    if (this.#forgets !== 'fork') this.mmu.cr3 = parent.mapper.root;
    return child;
  }

  switchTo(process: Process): void {
    this.#current = process;
    this.mmu.cr3 = process.mapper.root;
  }

  /** The program writes a word; the kernel handles the page fault. @returns false where it kills the program. */
  write(linear: number, value: number): boolean {
    if (this.mmu.writeUint32(linear, value, USER_WRITE) !== FAULT) return true;
    const page = linear - (linear % PAGE);
    if (this.#current.pages.get(page)?.writable !== true) return false;
    this.#copyOnWrite(page);
    return this.mmu.writeUint32(linear, value, USER_WRITE) !== FAULT;
  }

  /** What RAM holds of a process, whatever a TLB says. */
  peek({ pages }: Process, linear: number): number {
    const page = linear - (linear % PAGE);
    return this.memory.readUint32(pages.get(page)!.frame * PAGE + (linear % PAGE));
  }

  get current(): Process {
    return this.#current;
  }

  #copyOnWrite(page: number): void {
    const { mapper, pages } = this.#current;
    const { frame } = pages.get(page)!;
    if (this.#users.get(frame) === 1) {
      // Nobody else is left. To allow more needs no invalidation: the CPU looks again before it faults.
      mapper.protect(page, PAGE, { writable: true });
      return;
    }
    const copy = this.#allocate();
    this.memory.write(copy * PAGE, this.memory.read(frame * PAGE, PAGE));
    this.#users.set(frame, this.#users.get(frame)! - 1);
    mapper.unmap(page, PAGE);
    // The page fault itself has dropped what the CPU had cached of the page.
    this.#map(this.#current, page, copy, true);
  }

  #map({ mapper, pages }: Process, linear: number, frame: number, writable: boolean, now = writable): void {
    mapper.map(linear, frame * PAGE, PAGE, { user: true, writable: now });
    pages.set(linear, { frame, writable });
    this.#users.set(frame, (this.#users.get(frame) ?? 0) + 1);
  }

  #newProcess(): Process {
    const allocateFrame = (): number => this.#allocate();
    return { mapper: new Mapper(this.memory, { mode: '32-bit', allocateFrame }), pages: new Map() };
  }

  #allocate(): number {
    return this.#nextFrame++;
  }
}
