import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { auditXen, Xen } from '../../src/xen/index.ts';
import {
  bytesOf,
  framesOf,
  GOLDEN_CASES,
  type GoldenExpected,
  type GoldenInput,
  memoryOf,
  optionsOf,
  readGolden,
  sha256,
} from '../builder/golden-case.ts';
import { pageTypesOf } from './page-types.ts';

/** Domain 0, somewhere above the case's domain, so that there is somebody to build it. */
const DOMAIN_0_FRAMES = 8;

/** The machine of a case, with room for domain 0, and Xen on it. */
function machineOf(input: GoldenInput): { memory: PhysicalMemory; xen: Xen } {
  const small = memoryOf(input);
  const memory = new PhysicalMemory(small.sizeBytes + DOMAIN_0_FRAMES * 4096);
  for (const frame of [...framesOf(input), input.shared_info_mfn])
    memory.frame(frame).set(small.frame(frame));
  const xen = new Xen(memory);
  const first = small.frameCount;
  const frames = Array.from({ length: DOMAIN_0_FRAMES }, (_, i) => first + i);
  xen.createDomain({ id: 0, frames, perDomainFrame: 0x160, sharedInfoFrame: 0x161 });
  return { memory, xen };
}

describe('a domain built as it really was: copies through /dev/mem, the update list as hypercalls, BUILDDOMAIN', () => {
  for (const name of GOLDEN_CASES) {
    const input = readGolden(name, 'input.json') as GoldenInput;
    const golden = readGolden(name, 'expected.json') as GoldenExpected;
    if (!golden.ok) continue;

    it(`${name}: memory, directory, machine-to-physical table and page types`, () => {
      const { memory, xen } = machineOf(input);
      const options = optionsOf(input);
      const { frames } = options;
      const filled = memory.frame(input.shared_info_mfn).slice();
      xen.createDomain({
        id: input.dom,
        frames,
        perDomainFrame: 0x150,
        sharedInfoFrame: input.shared_info_mfn,
      });
      expect(filled.every((byte) => byte === (input.fill ?? 0))).toBe(true);

      const domain = buildDomain(memory, { ...options, tables: 'cleared' });
      expect(memory.frame(domain.pageDirectory / 4096).every((byte) => byte === 0)).toBe(true);
      const answer = xen.mmuUpdate(0, domain.updates);
      expect(answer).toEqual({ result: 0, applied: golden.mmu_updates });

      const model = golden.page_types_in_xen_model;
      expect(pageTypesOf(xen, frames, domain.pageDirectory)).toEqual({
        ...model,
        // The model that this was computed from did not know of the flag for flushes; the original set it.
        first_frame_count: model.first_frame_count | (1 << 30),
      });

      expect(sha256(memory.read(domain.pageDirectory, 4096))).toBe(golden.page_directory_after_pin_sha256);
      const m2p = Uint32Array.from(frames, (frame) => xen.machineToPhysical(frame));
      expect(sha256(bytesOf(m2p))).toBe(golden.m2p_sha256);
      // But for Xen's slots, all is as the builder's own tables would have it.
      const xensSlots = memory.frame(domain.pageDirectory / 4096).subarray(4 * 1008);
      const kept = xensSlots.slice();
      xensSlots.fill(0);
      expect(sha256(...Array.from(frames, (frame) => memory.frame(frame)))).toBe(golden.memory_sha256);
      xensSlots.set(kept);

      expect(xen.setBase(0, input.dom, domain.pageDirectory)).toEqual({ result: 1 });
      expect(xen.frame(domain.pageDirectory / 4096)).toMatchObject({ count: 4, typeCount: 2, pinned: true });
      expect(auditXen(xen)).toEqual([]);
    });
  }
});
