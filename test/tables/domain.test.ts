import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { smallDomain } from '../support/domain.ts';

describe("the 2004 builder's own writer", () => {
  it.each([512, 2100])(
    'writes the tables that Mapper writes, bit for bit but for A and D above: %d pages',
    (pageCount) => {
      const { memory, domain } = smallDomain({}, pageCount);
      const { frames, loadAddress, pageTables, pageDirectory } = domain;
      const other = new PhysicalMemory(memory.sizeBytes);
      // The tables lie in the last pages of the domain: the directory last, the first table before it.
      const places = [pageDirectory / 4096, ...pageTables];
      const mapper = new Mapper(other, { mode: '32-bit', allocateFrame: () => places.shift()! });
      const firstTable = pageCount - 1 - pageTables.length;
      frames.forEach((frame, page) => {
        const writable = page < firstTable;
        mapper.map(loadAddress + page * 4096, frame * 4096, 4096, { writable, accessed: true });
      });
      expect(places).toEqual([]);
      for (const frame of pageTables)
        expect(other.read(frame * 4096, 4096)).toEqual(memory.read(frame * 4096, 4096));
      for (let slot = 0; slot < 1008; slot++) {
        const entry = memory.readUint32(pageDirectory + slot * 4);
        expect(other.readUint32(mapper.root + slot * 4)).toBe(entry === 0 ? 0 : entry & ~0x60);
      }
    },
  );
});
