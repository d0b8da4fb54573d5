import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BuildOptions } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';

/**
 * Inputs and outputs of the domain builder of February 2004 itself, byte for byte.
 * What each field means: golden/xen-1.2/README.json.
 */
export const GOLDEN = join(import.meta.dirname, 'golden/xen-1.2');

export interface GoldenInput {
  readonly mem_pages: number;
  readonly load_addr: number;
  readonly frames: { kind: string; base: number; span?: number; seed?: number; index?: number; of?: number };
  readonly kernel: { payload_bytes: number; gzip?: boolean; signature?: string; start?: number };
  readonly initrd: { bytes: number; gzip?: boolean; start?: number } | null;
  readonly cmdline: string;
  readonly dom: number;
  readonly shared_info_mfn: number;
  readonly fill?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the expected values are plain JSON, compared field by field
export type GoldenExpected = any;

function generated(length: number, start: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + start, 2654435761) >>> 24);
}

export function framesOf({ mem_pages: n, frames }: GoldenInput): Uint32Array {
  const { kind, base } = frames;
  const identity = Uint32Array.from({ length: n }, (_, i) => base + i);
  if (kind === 'identity') return identity;
  if (kind === 'reversed') return identity.reverse();
  if (kind === 'dup') {
    identity[frames.index!] = identity[frames.of!]!;
    return identity;
  }
  if (kind !== 'scatter') throw new Error(`unknown kind of frames '${kind}'`);
  const span = frames.span!;
  const pool = Array.from({ length: span }, (_, i) => base + i);
  let x = BigInt(frames.seed!);
  for (let i = 0; i < n; i++) {
    x = (x * 1664525n + 1013904223n) % 2n ** 32n;
    const j = i + Number((x * BigInt(span - i)) >> 32n);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return Uint32Array.from(pool.slice(0, n));
}

/** The machine of a case, up to its last frame: RAM as it is before the build. */
export function memoryOf(input: GoldenInput): PhysicalMemory {
  const frames = framesOf(input);
  const memory = new PhysicalMemory((Math.max(...frames, input.shared_info_mfn) + 1) * 4096);
  if (input.fill)
    for (const frame of [...frames, input.shared_info_mfn]) memory.frame(frame).fill(input.fill);
  return memory;
}

/** What the builder is told. */
export function optionsOf(input: GoldenInput): BuildOptions {
  const { kernel, initrd } = input;
  const load = new Uint8Array(4);
  new DataView(load.buffer).setUint32(0, input.load_addr, true);
  const signature = new TextEncoder().encode(kernel.signature ?? 'XenoGues');
  const file = Buffer.concat([signature, load, generated(kernel.payload_bytes, kernel.start ?? 0)]);
  const module = initrd && generated(initrd.bytes, initrd.start ?? 1000003);
  return {
    profile: 'xen-1.2',
    frames: framesOf(input),
    sharedInfoFrame: input.shared_info_mfn,
    kernel: kernel.gzip ? gzipSync(file) : file,
    ...(module && { initrd: initrd.gzip ? gzipSync(module) : module }),
    commandLine: input.cmdline,
    domainId: input.dom,
  };
}

/** The cases by name. */
export const GOLDEN_CASES: readonly string[] = readdirSync(GOLDEN).filter((name) => !name.endsWith('.json'));

/** One file of a case. */
export function readGolden(name: string, file: 'input.json' | 'expected.json'): unknown {
  return JSON.parse(readFileSync(join(GOLDEN, name, file), 'utf8'));
}

export function sha256(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

export const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
