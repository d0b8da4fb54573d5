import { FAULT, flag, type Line, Mmu, number, PhysicalMemory } from './machine.ts';

/** A page of the given rights, used once, then again after the registers have changed. */
export function tlbWord(): Record<string, Line> {
  const rights = number('rights');
  const memory = new PhysicalMemory(0x10000);
  // PAE, so that NX exists: PDPT at 0, directory at 0x1000, table at 0x2000, page at 0x3000.
  memory.writeUint32(0, 0x1001);
  memory.writeUint32(0x1000, 0x2067);
  const [rw, us, dirty, nx] = [1, 2, 4, 8].map((bit) => (rights & bit) !== 0);
  memory.writeUint32(0x2000, 0x3021 | (rw ? 2 : 0) | (us ? 4 : 0) | (dirty ? 0x40 : 0));
  memory.writeUint32(0x2004, nx ? 0x8000_0000 : 0);
  const registers = (moment: string): { cr0: number; cr4: number } => ({
    cr0: 0x8000_0001 + (flag(`${moment}_wp`) ? 0x1_0000 : 0),
    cr4: 0x20 | (flag(`${moment}_smep`) ? 0x10_0000 : 0) | (flag(`${moment}_smap`) ? 0x20_0000 : 0),
  });
  const mmu = new Mmu(memory, { cpu: 'ice-lake-server', ...registers('then'), efer: 0x800 });
  mmu.alignmentCheck = flag('then_alignmentCheck');
  mmu.translate(0, number('filler') as 0);
  const now = registers('now');
  mmu.cr0 = now.cr0;
  mmu.cr4 = now.cr4;
  mmu.alignmentCheck = flag('now_alignmentCheck');
  const cached = mmu.tlb.lookup(0);
  const lines: Record<string, Line> = {};
  if (cached !== undefined) {
    lines['asked for the rights of the entry'] = JSON.stringify({ writable: rw, user: us, executable: !nx });
    const { writable, user, executable } = cached.rights;
    lines['found for the rights of the entry'] = JSON.stringify({ writable, user, executable });
  }
  const access = number('access') as 0;
  const report = mmu.explain(0, access);
  lines['asked for the access'] = `${report.ok ? report.physical : FAULT}`;
  lines['found for the access'] = `${mmu.translate(0, access)}`;
  lines['asked for D in RAM'] = `${dirty || (report.ok && (access & 1) !== 0)}`;
  lines['found for D in RAM'] = `${(memory.readUint32(0x2000) & 0x40) !== 0}`;
  return lines;
}
