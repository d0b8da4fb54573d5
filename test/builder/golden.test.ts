import { describe, expect, it } from 'vitest';
import { BuildError, buildDomain, type Domain, type XenPlacement } from '../../src/builder/index.ts';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import {
  bytesOf,
  GOLDEN_CASES,
  type GoldenExpected,
  type GoldenInput,
  memoryOf,
  optionsOf,
  readGolden,
  sha256,
} from './golden-case.ts';

function build(
  input: GoldenInput,
  xen?: XenPlacement,
): { memory: PhysicalMemory; frames: Uint32Array; domain: Domain } {
  const memory = memoryOf(input);
  const options = optionsOf(input);
  const domain = buildDomain(memory, { ...options, ...(xen && { xen }) });
  return { memory, frames: options.frames, domain };
}

describe('buildDomain makes what the builder of 2004 made', () => {
  for (const name of GOLDEN_CASES) {
    const input = readGolden(name, 'input.json') as GoldenInput;
    const expected = readGolden(name, 'expected.json') as GoldenExpected;

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
