import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { auditXen, makeSmallDomain, perform, Xen } from '../../src/xen/index.ts';
import { GUESTS, makeWorld } from './world.ts';

const BUILD = { Xen, PhysicalMemory, makeSmallDomain, perform, auditXen };
const [, guest] = GUESTS;
/** A spare frame of the guest's, as data. */
const AT = (guest.first + 10) * 4096;

/** What Xen answers to a descriptor. */
function answerTo(low: number, high: number): string {
  const { xen } = makeWorld(BUILD, {});
  const { result, refusal } = xen.updateDescriptor(guest.id, AT, [low, high]);
  const because = refusal?.rule === 'bad-descriptor' ? refusal.fault : refusal?.rule;
  if (result === 0) {
    expect([xen.memory.readUint32(AT), xen.memory.readUint32(AT + 4)]).toEqual([low >>> 0, high >>> 0]);
    return 'accepted';
  }
  expect(result).toBe(-22);
  return String(because);
}

/** A segment of 4 KiB units: base, limit, the byte of type, S, DPL and P. */
function segment(base: number, limit: number, access: number, flags = 0xc): [low: number, high: number] {
  const low = ((base & 0xffff) * 2 ** 16 + (limit & 0xffff)) >>> 0;
  const high =
    ((base & 0xff00_0000) | (flags << 20) | (limit & 0xf_0000) | (access << 8) | ((base >>> 16) & 0xff)) >>>
    0;
  return [low, high];
}

describe('update_descriptor', () => {
  it('judges every type, privilege and presence', () => {
    const { xen } = makeWorld(BUILD, {});
    for (let access = 0; access < 256; access++) {
      const [isPresent, privilege, isSegment, type] = [
        access >> 7,
        (access >> 5) & 3,
        (access >> 4) & 1,
        access & 15,
      ];
      // The same words as a gate: to Xen's ring-1 code segment, which a guest may use.
      const [low, high] = isSegment ? segment(0, 0xfc3ff, access) : [0x0819_1234, access << 8];
      const { result, refusal } = xen.updateDescriptor(guest.id, AT, [low, high]);
      const isGood = !isPresent || (privilege !== 0 && (isSegment === 1 || type === 0xc));
      expect(result, `access byte ${access.toString(16)}`).toBe(isGood ? 0 : -22);
      if (isGood) continue;
      expect(refusal).toMatchObject({ fault: privilege === 0 ? 'ring-0' : 'system-type' });
    }
  });

  it.each([
    ['to the last byte below Xen', segment(0, 0xfc3ff, 0xf2), 'accepted'],
    ['a page beyond', segment(0, 0xfc400, 0xf2), 'reaches-xen'],
    ['from its base, a page beyond', segment(0x1000, 0xfc3ff, 0xf2), 'reaches-xen'],
    ['from its base, to the last byte', segment(0x1000, 0xfc3fe, 0xf2), 'accepted'],
    ['4 GiB long', segment(0, 0xfffff, 0xf2), 'wraps'],
    ['around the end of the space', segment(0xffff_f000, 0x1, 0xf2), 'wraps'],
    ['a byte in Xen', segment(0xfc40_0000, 0, 0xf2, 0x4), 'reaches-xen'],
    ['of bytes, the last one below Xen', segment(0xfc3f_ffff, 0, 0xf2, 0x4), 'accepted'],
    ['not present, whatever else', segment(0, 0xfffff, 0x12), 'accepted'],
  ] as const)('takes a segment by where it ends: %s', (_, [low, high], answer) => {
    expect(answerTo(low, high)).toBe(answer);
  });

  it.each([
    ['the guest’s own ring-1 code in the GDT', 0x0009, 'accepted'],
    ['in the LDT, whatever the index', 0x080d, 'accepted'],
    ['Xen’s ring-1 code', 0x0819, 'accepted'],
    ['Xen’s ring-0 code', 0x0808, 'gate-to-xen'],
    ['Xen’s ring-0 code, asked for as ring 1', 0x0809, 'gate-to-xen'],
    ['Xen’s ring-1 data', 0x0821, 'gate-to-xen'],
    ['the last of Xen’s entries', (295 << 3) | 1, 'gate-to-xen'],
    ['the entry after', (296 << 3) | 1, 'accepted'],
    ['the entry before Xen’s', (255 << 3) | 1, 'accepted'],
    ['ring 3', 0x000b, 'gate-to-xen'],
    ['ring 0', 0x0008, 'gate-to-xen'],
  ] as const)('takes a call gate by where it leads: %s', (_, selector, answer) => {
    expect(answerTo((selector * 2 ** 16 + 0x1234) >>> 0, 0xec00)).toBe(answer);
  });

  it('wants bits 5–7 of a gate clear, and lets it take parameters', () => {
    expect([0x01, 0x1f, 0x20, 0x40, 0x80].map((bits) => answerTo(0x0819_1234, 0xec00 | bits))).toEqual([
      ...['accepted', 'accepted'],
      ...['gate-reserved-bits', 'gate-reserved-bits', 'gate-reserved-bits'],
    ]);
  });
});

describe('domain 0', () => {
  const [zero, , neighbour] = GUESTS;
  /** Frame of the neighbour's that nothing maps, as an update of an entry of the caller's table, entry 5. */
  const mapInto = (own: number, frame: number): Uint32Array =>
    Uint32Array.of((own + 1) * 4096 + 20, frame * 4096 + 0x63);

  it('maps frames of others, writable too, where a guest may not', () => {
    const { xen } = makeWorld(BUILD, {});
    const foreign = neighbour.first + 7;
    expect(xen.mmuUpdate(1, mapInto(guest.first, foreign))).toMatchObject({ result: -22 });
    expect(xen.mmuUpdate(0, mapInto(zero.first, foreign))).toEqual({ result: 0, applied: 1 });
    expect(xen.frame(foreign)).toMatchObject({ typeName: 'writable', typeCount: 2 });
  });

  it('may not map a frame beyond memory, such as a device’s, nor one that nobody has', () => {
    const { xen } = makeWorld(BUILD, {});
    for (const frame of [0xa0, 0x1448 + 0x40, 0x1490, 0xf_ee00]) {
      const before = xen.frame(frame).count;
      const answer = xen.mmuUpdate(0, mapInto(zero.first, frame));
      expect([frame, answer.result]).toEqual([frame, before > 0 ? 0 : -22]);
    }
  });

  it('pins, updates and numbers the frames of others', () => {
    const { xen } = makeWorld(BUILD, {});
    const spare = neighbour.first + 3;
    expect(xen.mmuUpdate(0, Uint32Array.of(spare * 4096 + 3, 1)).result).toBe(0);
    expect(xen.frame(spare)).toMatchObject({ typeName: 'page directory', pinned: true });
    // Xen's own slots of a foreign directory are those of its owner: its per-domain table.
    expect(xen.memory.readUint32(spare * 4096 + 4 * 1021)).toBe(neighbour.perDomainFrame * 4096 + 0x63);
    expect(xen.mmuUpdate(0, Uint32Array.of(spare * 4096 + 2, 77)).result).toBe(0);
    expect(xen.machineToPhysical(spare)).toBe(77);
    expect(xen.mmuUpdate(1, Uint32Array.of(spare * 4096 + 2, 78)).result).toBe(-22);
  });

  it('alone writes unchecked, a page table that is in use included', () => {
    const { xen } = makeWorld(BUILD, {});
    const entry = (guest.first + 1) * 4096 + 8;
    expect(xen.mmuUpdate(1, Uint32Array.of(entry + 1, 0x63))).toMatchObject({
      result: -22,
      refusal: { rule: 'not-privileged' },
    });
    expect(xen.mmuUpdate(0, Uint32Array.of(entry + 1, 0x63))).toEqual({ result: 0, applied: 1 });
    expect(xen.memory.readUint32(entry)).toBe(0x63);
    expect(auditXen(xen).length).toBeGreaterThan(0);
  });

  it('has to own what it gives back, and whose descriptors it changes', () => {
    const { xen } = makeWorld(BUILD, {});
    expect(xen.decreaseReservation(0, [neighbour.first + 7]).result).toBe(-22);
    expect(xen.updateDescriptor(0, (neighbour.first + 7) * 4096, [0, 0]).result).toBe(-22);
    expect(xen.setGdt(0, [neighbour.first + 7], 512).result).toBe(-22);
  });
});

describe('extended commands', () => {
  it('knows nine, and does not know pins of level 3 and 4', () => {
    for (let command = 0; command < 256; command++) {
      const { xen } = makeWorld(BUILD, {});
      const spare = (guest.first + 2) * 4096;
      const before = xen.frame(guest.first + 2);
      const { result, refusal } = xen.mmuUpdate(1, Uint32Array.of(spare + 3, command));
      if ([0, 1, 5, 6, 7, 8].includes(command)) expect([command, result]).toEqual([command, 0]);
      else if (command === 4) expect(refusal?.rule).toBe('not-pinned');
      else {
        expect(refusal).toMatchObject({ rule: 'unknown-command', command });
        expect(xen.frame(guest.first + 2)).toEqual(before);
      }
    }
  });

  it('takes 8192 LDT entries and no more, at a page, up to Xen’s segment limit', () => {
    const set = (base: number, entries: number): number => {
      const { xen } = makeWorld(BUILD, {});
      return xen.mmuUpdate(1, Uint32Array.of((base + 3) >>> 0, (entries << 8) | 8)).result;
    };
    expect([set(0xc000_0000, 8192), set(0xc000_0000, 8193)]).toEqual([0, -22]);
    expect([set(0xc000_0004, 1), set(0xc000_0800, 1)]).toEqual([-22, -22]);
    expect([set(0xfc3f_f000, 512), set(0xfc3f_f000, 513), set(0xfc40_0000, 0), set(0xfc40_0000, 1)]).toEqual([
      0, -22, 0, -22,
    ]);
  });
});
