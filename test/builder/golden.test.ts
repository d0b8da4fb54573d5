import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BuildError, buildDomain, type Domain, type XenPlacement } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';

/**
 * Inputs and outputs of the domain builder of February 2004 itself, byte for byte.
 * What each field means: golden/xen-1.2/README.json.
 */
const GOLDEN = join(import.meta.dirname, 'golden/xen-1.2');

interface Input {
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
type Expected = any;

function generated(length: number, start: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + start, 2654435761) >>> 24);
}

function framesOf({ mem_pages: n, frames }: Input): Uint32Array {
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

function build(
  input: Input,
  xen?: XenPlacement,
): { memory: PhysicalMemory; frames: Uint32Array; domain: Domain } {
  const { kernel, initrd } = input;
  const frames = framesOf(input);
  const memory = new PhysicalMemory((Math.max(...frames, input.shared_info_mfn) + 1) * 4096);
  if (input.fill)
    for (const frame of [...frames, input.shared_info_mfn]) memory.frame(frame).fill(input.fill);
  const load = new Uint8Array(4);
  new DataView(load.buffer).setUint32(0, input.load_addr, true);
  const signature = new TextEncoder().encode(kernel.signature ?? 'XenoGues');
  const file = Buffer.concat([signature, load, generated(kernel.payload_bytes, kernel.start ?? 0)]);
  const module = initrd && generated(initrd.bytes, initrd.start ?? 1000003);
  const domain = buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame: input.shared_info_mfn,
    kernel: kernel.gzip ? gzipSync(file) : file,
    ...(module && { initrd: initrd.gzip ? gzipSync(module) : module }),
    commandLine: input.cmdline,
    domainId: input.dom,
    ...(xen && { xen }),
  });
  return { memory, frames, domain };
}

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

describe('buildDomain makes what the builder of 2004 made', () => {
  const cases = readdirSync(GOLDEN).filter((name) => !name.endsWith('.json'));
  for (const name of cases) {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(GOLDEN, name, file), 'utf8'));
    const input = read('input.json') as Input;
    const expected = read('expected.json') as Expected;

    if (!expected.ok) {
      it(`${name}: refuses it`, () => {
        expect(() => build(input)).toThrow(BuildError);
      });
      continue;
    }

    it(`${name}: memory, tables, start_info, update list and context`, () => {
      const { memory, frames, domain } = build(input);
      const page = (index: number): Uint8Array => memory.frame(frames[index]!);
      expect(sha256(...Array.from(frames, (frame) => memory.frame(frame)))).toBe(expected.memory_sha256);
      expect(domain.pageDirectory).toBe(expected.pt_base);
      for (const register of ['eip', 'esp', 'esi', 'eflags', 'cs', 'ds', 'es', 'fs', 'gs', 'ss'] as const) {
        expect(domain.context[register], register).toBe(expected[register]);
      }
      expect(domain.startInfoAddress).toBe(expected.virt_startinfo_addr);
      expect(domain.startInfoAddress).toBe(input.load_addr + expected.start_info_page_index * 4096);
      expect(domain.pageTables.length).toBe(expected.num_l1_tables);
      expect(frames.length - 1 - domain.pageTables.length).toBe(expected.first_table_page_index);
      for (const table of expected.tables) {
        expect(table.page_index).toBe(input.mem_pages - 1 - table.index_from_end);
        expect(sha256(page(table.page_index)), table.what).toBe(table.sha256);
        if (table.index_from_end > 0) {
          expect(domain.pageTables[table.index_from_end - 1]).toBe(frames[table.page_index]);
        }
      }
      const startInfo = page(expected.start_info_page_index);
      expect(sha256(startInfo)).toBe(expected.start_info_page_sha256);
      const field = (at: number): number =>
        new DataView(startInfo.buffer, startInfo.byteOffset).getUint32(at, true);
      const commandLine = startInfo.subarray(28, 284);
      expect({
        nr_pages: field(0),
        shared_info: field(4),
        dom_id: field(8),
        flags: field(12),
        pt_base: field(16),
        mod_start: field(20),
        mod_len: field(24),
        cmd_line: new TextDecoder().decode(commandLine.subarray(0, commandLine.indexOf(0))),
      }).toEqual(expected.start_info);
      expect(domain.updates.length / 2).toBe(expected.mmu_updates);
      expect(sha256(bytesOf(domain.updates))).toBe(expected.mmu_updates_sha256);
      expect(sha256(bytesOf(machineToPhysical(domain)))).toBe(expected.m2p_sha256);
      expect(memory.frame(input.shared_info_mfn).every((byte) => byte === 0)).toBe(
        expected.shared_info_page_all_zero,
      );
    });

    it(`${name}: the directory after Xen has pinned it`, () => {
      const { memory, domain } = build(input, { kind: 'slots' });
      const pinned = memory.read(domain.pageDirectory, 4096);
      expect(sha256(pinned)).toBe(expected.page_directory_after_pin_sha256);
    });
  }
});

/** What the machine-to-physical updates of the list say of the domain's frames, in pseudo-physical order. */
function machineToPhysical({ frames, updates }: Domain): Uint32Array {
  const m2p = new Map<number, number>();
  for (let i = 0; i < updates.length; i += 2) {
    if ((updates[i]! & 3) === 2) m2p.set(updates[i]! >>> 12, updates[i + 1]!);
  }
  return Uint32Array.from(frames, (frame) => m2p.get(frame)!);
}
