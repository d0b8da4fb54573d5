import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Xen } from '../../src/xen/index.ts';

/** Traces of the original page-type code, and their replay. What each field means: golden/README.json. */

/** A number as the traces write it: a hex string for words and addresses, a JSON number otherwise. */
type Hex = string;

export interface TraceDomain {
  readonly id: number;
  readonly frames: readonly number[];
  readonly perdomain_frame: number;
  readonly shared_info_frame: number;
}

export interface TraceStep {
  readonly domain: number;
  readonly call: string;
  readonly result: number;
  readonly applied?: number;
  readonly flushes?: readonly (readonly [string, (Hex | number)?])[];
  readonly frames?: readonly (readonly [number, Hex, Hex])[];
  readonly timestamps?: readonly (readonly [number, number])[];
  readonly owner_changed?: readonly number[];
  readonly ram?: readonly (readonly [Hex, Hex])[];
  readonly m2p?: readonly (readonly [number, Hex])[];
  readonly context?: readonly {
    readonly domain: number;
    readonly cr3: Hex;
    readonly ldt_base: Hex;
    readonly ldt_entries: number;
    readonly ldt_shadow_pages: number;
  }[];
  readonly clock?: readonly [number, number];
  readonly deferred?: number;
  readonly nesting?: number;
  // arguments
  readonly updates?: readonly (readonly [Hex, Hex])[];
  readonly readable?: number;
  readonly page?: Hex | number;
  readonly val?: Hex;
  readonly flags?: number;
  readonly target?: number;
  readonly page_directory?: Hex;
  readonly frame_list?: readonly number[];
  readonly entries?: number;
  readonly address?: Hex;
  readonly words?: readonly Hex[];
}

export interface Trace {
  readonly name: string;
  readonly about: string;
  readonly machine: {
    readonly frames: number;
    readonly mapcache_frame: number;
    readonly ioremap_frame: number;
    readonly linear_map: 'walk' | 'cached';
  };
  readonly domains: readonly TraceDomain[];
  readonly ram: readonly (readonly [Hex, Hex])[];
  readonly frame_words: readonly (readonly [number, Hex, Hex])[];
  readonly golden_case?: string;
  readonly page_types_run?: unknown;
  readonly steps: readonly TraceStep[];
  readonly final: readonly (readonly [number, Hex, Hex])[];
}

/** All traces of a bundle: builds, rules or random. */
export function readTraces(bundle: string): Trace[] {
  const file = join(import.meta.dirname, 'golden', `${bundle}.ndjson.gz`);
  const text = gunzipSync(readFileSync(file)).toString();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Trace]));
}

const FRAME_TABLE = 0x140_0000;
const M2P = 0x100_0000;

/** A trace's machine before the first step. */
export function machineOf(trace: Trace): { memory: PhysicalMemory; xen: Xen } {
  const { machine } = trace;
  const memory = new PhysicalMemory(machine.frames * 4096);
  const xen = new Xen(memory, {
    mapCacheFrame: machine.mapcache_frame,
    ioremapFrame: machine.ioremap_frame,
    linearMap: machine.linear_map,
  });
  for (const { id, frames, perdomain_frame, shared_info_frame } of trace.domains) {
    xen.createDomain({ id, frames, perDomainFrame: perdomain_frame, sharedInfoFrame: shared_info_frame });
  }
  for (const [address, value] of trace.ram) memory.writeUint32(Number(address), Number(value));
  for (const [frame, count, type] of trace.frame_words) {
    memory.writeUint32(FRAME_TABLE + 24 * frame + 12, Number(count));
    memory.writeUint32(FRAME_TABLE + 24 * frame + 16, Number(type));
  }
  return { memory, xen };
}

/** Makes one call. */
export function call(xen: Xen, step: TraceStep): { result: number; applied?: number } {
  const { domain } = step;
  switch (step.call) {
    case 'mmu_update': {
      const updates = Uint32Array.from(step.updates!.flat(), Number);
      return xen.mmuUpdate(domain, updates, step.readable);
    }
    case 'update_va_mapping':
      return xen.updateVaMapping(domain, Number(step.page), Number(step.val), step.flags!);
    case 'set_base':
      return xen.setBase(domain, step.target!, Number(step.page_directory));
    case 'switch_to':
      xen.switchTo(domain);
      return { result: 0 };
    case 'ldt_fault':
      return xen.ldtFault(domain, Number(step.page));
    case 'set_gdt':
      return xen.setGdt(domain, step.frame_list!, step.entries!);
    case 'update_descriptor':
      return xen.updateDescriptor(domain, Number(step.address), step.words!.map(Number));
    case 'memory_decrease':
      return xen.decreaseReservation(domain, step.frame_list!);
    default:
      throw new Error(`unknown call ${step.call}`);
  }
}

/** Watches all that a trace tells of, and says what a step has changed, in the trace's form but with plain numbers. */
export class Observer {
  readonly #memory: PhysicalMemory;
  readonly #xen: Xen;
  /** Frames whose words are compared one by one: those of the domains, and their per-domain tables. */
  readonly #watched: readonly number[];
  readonly #table: Watch[];
  readonly #m2p: Watch[];
  readonly #ram: Watch[];
  #seen: XenSnapshot;

  constructor(trace: Trace, memory: PhysicalMemory, xen: Xen) {
    this.#memory = memory;
    this.#xen = xen;
    this.#watched = trace.domains
      .flatMap(({ frames, perdomain_frame, shared_info_frame }) => [
        perdomain_frame,
        shared_info_frame,
        ...frames,
      ])
      .sort((a, b) => a - b);
    const pages = (start: number, bytes: number): Watch[] =>
      Array.from({ length: Math.ceil(bytes / 4096) }, (_, page) => new Watch(memory, start / 4096 + page));
    this.#table = pages(FRAME_TABLE, 24 * memory.frameCount);
    this.#m2p = pages(M2P, 4 * memory.frameCount);
    this.#ram = this.#watched.map((frame) => new Watch(memory, frame));
    this.#seen = this.#look();
  }

  /** What has changed since the last look. Nothing: the key is absent. */
  changes(): Record<string, unknown> {
    const before = this.#seen;
    const now = this.#look();
    this.#seen = now;
    const changed = (watches: readonly Watch[]): [address: number, value: number][] =>
      watches.flatMap((watch) => watch.changes());
    const frames = new Map<number, [number, number, number]>();
    const timestamps: [number, number][] = [];
    for (const [address, value] of changed(this.#table)) {
      const frame = Math.floor((address - FRAME_TABLE) / 24);
      const offset = (address - FRAME_TABLE) % 24;
      if (offset === 12 || offset === 16) frames.set(frame, this.frameWords([frame])[0]!);
      if (offset === 20) timestamps.push([frame, value]);
    }
    const ram = changed(this.#ram);
    const m2p = changed(this.#m2p).map(([address, value]) => [(address - M2P) / 4, value]);
    const lost = this.#watched.filter(
      (_, i) => now.owners[i] === undefined && before.owners[i] !== undefined,
    );
    // A new GDT makes a line too, though the line does not say what has changed.
    const context = now.context
      .filter(({ line, gdtEntries }, i) => {
        const old = before.context[i]!;
        return line !== old.line || gdtEntries !== old.gdtEntries;
      })
      .map(({ line }) => JSON.parse(line));
    return {
      ...(frames.size > 0 && { frames: [...frames.values()] }),
      ...(timestamps.length > 0 && { timestamps }),
      ...(lost.length > 0 && { owner_changed: lost }),
      ...(ram.length > 0 && { ram }),
      ...(m2p.length > 0 && { m2p }),
      ...(context.length > 0 && { context }),
      ...(now.clock !== before.clock && { clock: JSON.parse(now.clock) }),
      ...(now.deferred !== before.deferred && { deferred: now.deferred }),
    };
  }

  /** The frame table's words of some frames: [frame, count word, type word]. */
  frameWords(frames: readonly number[]): [number, number, number][] {
    const word = (frame: number, offset: number): number =>
      this.#memory.readUint32(FRAME_TABLE + 24 * frame + offset);
    return frames.map((frame) => [frame, word(frame, 12), word(frame, 16)]);
  }

  #look(): XenSnapshot {
    return {
      owners: this.#watched.map((frame) => this.#xen.frame(frame).owner),
      context: this.#xen.domainIds.map((id) => {
        const { cr3, ldtBase, ldtEntries, ldtShadowPages, gdtEntries } = this.#xen.domain(id);
        const ldt = { ldt_base: ldtBase, ldt_entries: ldtEntries, ldt_shadow_pages: ldtShadowPages };
        return { line: JSON.stringify({ domain: id, cr3, ...ldt }), gdtEntries };
      }),
      clock: JSON.stringify([this.#xen.clock, this.#xen.lastFlush]),
      deferred: this.#xen.deferred,
    };
  }
}

interface XenSnapshot {
  readonly owners: readonly (number | undefined)[];
  readonly context: readonly { readonly line: string; readonly gdtEntries: number }[];
  readonly clock: string;
  readonly deferred: number;
}

/** One frame of RAM, and what it held when it was last looked at. */
class Watch {
  readonly #frame: number;
  readonly #live: Uint8Array;
  readonly #seen: Uint8Array;

  constructor(memory: PhysicalMemory, frame: number) {
    this.#frame = frame;
    this.#live = memory.frame(frame);
    this.#seen = this.#live.slice();
  }

  /** The words that have changed since, by address. */
  changes(): [address: number, value: number][] {
    if (Buffer.compare(this.#live, this.#seen) === 0) return [];
    const live = new Uint32Array(this.#live.buffer, this.#live.byteOffset, 1024);
    const seen = new Uint32Array(this.#seen.buffer);
    const changed: [number, number][] = [];
    for (let i = 0; i < 1024; i++) {
      if (live[i] !== seen[i]) changed.push([this.#frame * 4096 + 4 * i, live[i]!]);
    }
    this.#seen.set(this.#live);
    return changed;
  }
}

/** Everything that a trace says of a step's outcome, with plain numbers. */
export function expected(step: TraceStep): Record<string, unknown> {
  const { result, applied, nesting } = step;
  const numbers = (rows: readonly (readonly (Hex | number)[])[]): number[][] =>
    rows.map((row) => row.map(Number)).sort((a, b) => a[0]! - b[0]!);
  return {
    result,
    ...(applied !== undefined && { applied }),
    ...(nesting !== undefined && { nesting }),
    ...(step.flushes && {
      flushes: step.flushes.map(([kind, value]) => (value === undefined ? [kind] : [kind, Number(value)])),
    }),
    ...(step.frames && { frames: numbers(step.frames) }),
    ...(step.timestamps && { timestamps: numbers(step.timestamps) }),
    ...(step.owner_changed && { owner_changed: [...step.owner_changed].sort((a, b) => a - b) }),
    ...(step.ram && { ram: numbers(step.ram) }),
    ...(step.m2p && { m2p: numbers(step.m2p) }),
    ...(step.context && {
      context: step.context.map((state) => ({
        ...state,
        cr3: Number(state.cr3),
        ldt_base: Number(state.ldt_base),
      })),
    }),
    ...(step.clock && { clock: step.clock }),
    ...(step.deferred !== undefined && { deferred: step.deferred }),
  };
}

/** The same of what this Xen did. */
export function observed(xen: Xen, step: TraceStep, observer: Observer): Record<string, unknown> {
  const { result, applied } = call(xen, step);
  return {
    result,
    ...(applied !== undefined && { applied }),
    ...(xen.nesting > 4 && { nesting: xen.nesting }),
    ...(xen.flushes.length > 0 && { flushes: xen.flushes }),
    ...observer.changes(),
  };
}
