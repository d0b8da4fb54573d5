import { RING1_CS } from '../abi/xen.ts';
import type { PageType } from './frame-table.ts';
import { DIRECT_MAP_START, FIRST_RESERVED_GDT_ENTRY, LAST_RESERVED_GDT_ENTRY } from './layout.ts';
import type { DescriptorFault } from './refusal.ts';
import { refuse, type XenState } from './state.ts';

/** Which segment descriptors a guest may have: none that reaches Xen, and none of ring 0. Source: docs/xen-1.2.md §9. */

// Bits of a descriptor's high word.
const PRESENT = 1 << 15;
const PRIVILEGE = 3 << 13;
const CODE_OR_DATA = 1 << 12;
const TYPE = 0xf << 8;
const CALL_GATE = 0xc << 8;
const GRANULARITY = 1 << 23;
/** Between a call gate's parameter count and its type. */
const GATE_RESERVED = 0xe0;

/** What is wrong with a descriptor for a guest's GDT or LDT, or undefined. */
export function descriptorFault(low: number, high: number): DescriptorFault | undefined {
  // One that is not present always faults.
  if ((high & PRESENT) === 0) return undefined;
  // A call gate to a segment of ring 0 would run the guest's code there.
  if ((high & PRIVILEGE) === 0) return 'ring-0';
  if ((high & CODE_OR_DATA) === 0) {
    if ((high & TYPE) !== CALL_GATE) return 'system-type';
    if (!isGuestCodeSelector(low >>> 16)) return 'gate-to-xen';
    return (high & GATE_RESERVED) === 0 ? undefined : 'gate-reserved-bits';
  }
  const base = (high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16);
  const units = ((high & 0xf_0000) | (low & 0xffff)) + 1;
  const bytes = (high & GRANULARITY) !== 0 ? units << 12 : units;
  const end = (base + bytes) >>> 0;
  if (end <= base >>> 0) return 'wraps';
  return end > DIRECT_MAP_START ? 'reaches-xen' : undefined;
}

/** Xen's own ring-1 code segment, or one of the guest's for ring 1. */
function isGuestCodeSelector(selector: number): boolean {
  if (selector === RING1_CS) return true;
  const index = selector >>> 3;
  const isLocal = (selector & 4) !== 0;
  const isXens = index >= FIRST_RESERVED_GDT_ENTRY && index <= LAST_RESERVED_GDT_ENTRY;
  return (selector & 3) === 1 && (isLocal || !isXens);
}

/** Whether all descriptors of a frame may be a guest's. */
export function checkDescriptorPage(x: XenState, frame: number, type: PageType): boolean {
  for (let entry = 0; entry < 512; entry++) {
    const address = frame * 4096 + 8 * entry;
    const low = x.memory.loadWord(address) >>> 0;
    const high = x.memory.loadWord(address + 4) >>> 0;
    const fault = descriptorFault(low, high);
    if (fault === undefined) continue;
    const because = { rule: 'bad-descriptor', low, high, fault } as const;
    return refuse(x, { rule: 'bad-entry', frame, type, entry, value: high, because });
  }
  return true;
}
