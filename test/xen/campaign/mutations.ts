import type { HoleName } from '../../../src/xen/index.ts';

/** One check of the hypervisor taken away, in the JavaScript that the compiler makes of a file of `src/xen`. */
export interface Mutation {
  /** What Xen no longer does. */
  readonly check: string;
  /** File of `src/xen`, without its ending. */
  readonly file: string;
  /** The text that is replaced; it must occur exactly once. */
  readonly from: string;
  readonly to: string;
  /** Holes left open so that the check is reached; all others are closed. */
  readonly open?: readonly HoleName[];
  /** The frame that the guest starts with a count just below the greatest. */
  readonly nearlyFull?: 'data' | 'table' | 'directory';
}

/** The checks, each of which some attack must show to be needed. */
export const MUTATIONS: readonly Mutation[] = [
  {
    check: 'a frame must belong to the caller',
    file: 'references',
    from: 'owner !== pointer',
    to: 'false',
  },
  {
    check: 'the count of references does not overflow',
    file: 'references',
    from: "if (((word + 1) & COUNT_MASK) === 0)\n        return refuse(x, { rule: 'count-overflow', frame });",
    to: '',
    nearlyFull: 'data',
  },
  {
    check: 'the last reference frees the frame',
    file: 'references',
    from: 'freeFrame(x, frame, word);\n}\nfunction',
    to: ';\n}\nfunction',
  },
  {
    check: 'types exclude one another',
    file: 'types',
    from: 'else if (typeOf(word) !== type) {',
    to: 'else if (false) {',
  },
  {
    check: 'a new type is validated',
    file: 'types',
    from: '(type === TYPE_WRITABLE ? TYPE_VALIDATED : 0)',
    to: 'TYPE_VALIDATED',
  },
  {
    check: 'a type is validated again after another one',
    file: 'types',
    from: 'next = (type << 29) | (type === TYPE_WRITABLE ? TYPE_VALIDATED : 0) | 1;',
    to: 'next = (type << 29) | (word & TYPE_VALIDATED) | (type === TYPE_WRITABLE ? TYPE_VALIDATED : 0) | 1;',
  },
  {
    check: 'the count of a type does not overflow',
    file: 'types',
    from: "if ((next & COUNT_MASK) === 0)\n        return refuse(x, { rule: 'type-count-overflow', frame, type });",
    to: '',
    nearlyFull: 'table',
  },
  {
    check: 'a refused validation refuses the type',
    file: 'types',
    from: '!x.rules.validate(x, frame, type)',
    to: '!x.rules.validate(x, frame, type) && false',
  },
  {
    check: 'a refused validation gives the type reference back',
    file: 'types',
    from: 'dropType(x, frame);\n        x.refusal = refusal;',
    to: 'x.refusal = refusal;',
  },
  {
    check: 'a refused type gives the reference back',
    file: 'types',
    from: 'dropFrame(x, frame);\n    x.refusal = refusal;',
    to: 'x.refusal = refusal;',
  },
  {
    check: 'a table no longer in use drops its entries',
    file: 'types',
    from: 'typeOf(next) <= TYPE_L4 && (next & TYPE_VALIDATED) !== 0',
    to: 'false',
  },
  {
    check: 'a type no longer in use is stamped with the time',
    file: 'types',
    from: 'x.frames.setStamp(frame, x.clock);',
    to: '',
  },
  {
    check: 'a directory’s reference to itself is not given back',
    file: 'types',
    from: '(value & PTE_P) !== 0 && value >>> 12 !== directory',
    to: '(value & PTE_P) !== 0',
  },
  {
    check: 'a directory released with an entry for itself',
    file: 'types',
    from: 'table.type === TYPE_L1 || target !== table.frame',
    to: 'true',
  },
  {
    check: 'a level-1 entry has no GLOBAL or PAT',
    file: 'entries',
    from: 'if (!checkForbiddenBits(x, value, 1))',
    to: 'if (false)',
    open: ['l1-global-flag'],
  },
  {
    check: 'a directory entry has no GLOBAL or PSE',
    file: 'entries',
    from: 'if (!checkForbiddenBits(x, value, 2))',
    to: 'if (false)',
    open: ['l2-large-flag'],
  },
  {
    check: 'a writable entry needs a writable frame',
    file: 'entries',
    from: '(value & PTE_RW) === 0',
    to: 'true',
  },
  {
    check: 'a frame mapped writable is marked for a flush',
    file: 'entries',
    from: 'x.frames.setCount(frame, x.frames.count(frame) | COUNT_FLUSH);',
    to: '',
  },
  {
    check: 'a directory is mapped as a page table only without RW',
    file: 'entries',
    from: '(value & PTE_RW) !== 0',
    to: 'false',
  },
  {
    check: 'only a directory is mapped as one',
    file: 'entries',
    from: 'typeOf(word) !== TYPE_L2 || (word & TYPE_VALIDATED) === 0',
    to: '(word & TYPE_VALIDATED) === 0',
    open: ['linear-chain'],
  },
  {
    check: 'the count of a linear map does not overflow',
    file: 'entries',
    from: '(word & COUNT_MASK) === COUNT_MASK',
    to: 'false',
    open: ['linear-chain'],
    nearlyFull: 'directory',
  },
  {
    check: 'a frame is flushed from the TLB before it becomes a table',
    file: 'validate',
    from: 'needsFlush(x, x.frames.stamp(frame))',
    to: 'false',
  },
  {
    check: 'a flush in the same tick does not count as later',
    file: 'flush',
    from: 'x.lastFlush <= stamp',
    to: 'x.lastFlush < stamp',
  },
  {
    check: 'a refused page table gives its entries’ references back',
    file: 'validate',
    from: 'dropL1Entry(x, entryOf(taken))',
    to: 'void 0',
  },
  {
    check: 'a refused directory gives its entries’ references back',
    file: 'validate',
    from: 'dropL2Entry(x, entryOf(taken), frame)',
    to: 'void 0',
  },
  {
    check: 'a directory gets Xen’s slots',
    file: 'validate',
    from: 'installXenSlots(x, frame);',
    to: '',
  },
  {
    check: 'Xen’s slots are not updated',
    file: 'update-entry',
    from: 'slot >= XEN_FIRST_SLOT',
    to: 'false',
  },
  {
    check: 'a change of RW of a level-1 entry is counted',
    file: 'update-entry',
    from: 'L1_FREE_BITS = 0xffc',
    to: 'L1_FREE_BITS = 0xffe',
  },
  {
    check: 'a change of a level-1 entry’s frame is counted',
    file: 'update-entry',
    from: 'L1_FREE_BITS = 0xffc',
    to: 'L1_FREE_BITS = 0xfffffffc',
  },
  {
    check: 'a change of a directory entry’s frame is counted',
    file: 'update-entry',
    from: 'L2_FREE_BITS = 0xffe',
    to: 'L2_FREE_BITS = 0xfffffffe',
  },
  {
    check: 'a replaced level-1 entry is dropped',
    file: 'update-entry',
    from: 'dropL1Entry(x, old);\n    return true;\n}',
    to: 'return true;\n}',
  },
  {
    check: 'a replaced directory entry is dropped',
    file: 'update-entry',
    from: 'dropL2Entry(x, old, directory);\n    return true;\n}\n//',
    to: 'return true;\n}\n//',
  },
  {
    check: 'a page’s table must be a page table',
    file: 'update-entry',
    from: 'if (!takeType(x, table, TYPE_L1))\n        return false;',
    to: '',
  },
  {
    check: 'update_va_mapping keeps off Xen’s pages',
    file: 'va-mapping',
    from: 'page >= XEN_VIRTUAL_START / 4096',
    to: 'false',
    open: ['stale-linear-map'],
  },
  {
    check: 'only domain 0 updates unchecked',
    file: 'mmu-update',
    from: 'x.caller.id !== 0',
    to: 'false',
  },
  {
    check: 'an update needs a reference to the frame',
    file: 'mmu-update',
    from: 'if (!isTaken)\n        return false;',
    to: '',
  },
  {
    check: 'data is written only where no table is',
    file: 'mmu-update',
    from: 'let done = takeType(x, frame, kind);',
    to: 'let done = kind === TYPE_WRITABLE || takeType(x, frame, kind);',
  },
  {
    check: 'a directory is updated by a directory’s rules',
    file: 'mmu-update',
    from: 'done = updateL2Entry(x, address, value);',
    to: 'done = updateL1Entry(x, IN_WINDOW, address, value);',
  },
  {
    check: 'CR3 is loaded at the end of the call',
    file: 'mmu-update',
    from: 'if ((due & DEFERRED_FLUSH) !== 0)',
    to: 'if (false)',
  },
  {
    check: 'a table is pinned once',
    file: 'extended-commands',
    from: 'if ((word & COUNT_PINNED) !== 0) {\n        dropFrameAndType',
    to: 'if (false) {\n        dropFrameAndType',
  },
  {
    check: 'only what is pinned is unpinned',
    file: 'extended-commands',
    from: 'const isPinned = (word & COUNT_PINNED) !== 0;',
    to: 'const isPinned = true;',
  },
  {
    check: 'the base pointer needs a directory',
    file: 'extended-commands',
    from: '!takeCallersFrameAndType(x, frame, TYPE_L2)',
    to: '!takeCallersFrame(x, frame)',
  },
  {
    check: 'the old base pointer is dropped',
    file: 'extended-commands',
    from: 'dropFrameAndType(x, caller.cr3 >>> 12);',
    to: '',
  },
  {
    check: 'a new base pointer drops the LDT shadow',
    file: 'ldt',
    from: 'if (frame === 0)',
    to: 'if (true)',
  },
  {
    check: 'an LDT page must be the caller’s and of its type',
    file: 'ldt',
    from: '!takeFrameAndType(x, entry >>> 12, caller.pointer, TYPE_LDT)',
    to: 'false',
  },
  {
    check: 'a GDT page must be the caller’s and of its type',
    file: 'descriptors',
    from: 'return takeFrameAndType(x, frame, x.caller.pointer, TYPE_GDT);',
    to: 'return true;',
  },
  {
    check: 'the old GDT’s pages are dropped',
    file: 'descriptors',
    from: 'if (old !== 0)',
    to: 'if (false)',
  },
  {
    check: 'a refused GDT gives the pages before back',
    file: 'descriptors',
    from: 'dropFrameAndType(x, taken);',
    to: '',
  },
  {
    check: 'a descriptor is not of ring 0',
    file: 'descriptor-check',
    from: "return 'ring-0'",
    to: 'return undefined',
  },
  {
    check: 'of system descriptors only call gates are allowed',
    file: 'descriptor-check',
    from: "return 'system-type'",
    to: 'return undefined',
  },
  {
    check: 'a call gate does not lead to Xen',
    file: 'descriptor-check',
    from: "return 'gate-to-xen'",
    to: 'return undefined',
  },
  {
    check: 'a call gate’s reserved bits are clear',
    file: 'descriptor-check',
    from: "'gate-reserved-bits'",
    to: 'undefined',
  },
  {
    check: 'a segment does not wrap',
    file: 'descriptor-check',
    from: "return 'wraps'",
    to: 'return undefined',
  },
  {
    check: 'a segment does not reach Xen',
    file: 'descriptor-check',
    from: "'reaches-xen'",
    to: 'undefined',
  },
  {
    check: 'a descriptor lies at a multiple of 8',
    file: 'descriptors',
    from: '(address & 7) !== 0',
    to: 'false',
  },
  {
    check: 'a descriptor is written only to descriptor pages and data',
    file: 'descriptors',
    from: 'if (!takeType(x, frame, type === TYPE_GDT || type === TYPE_LDT ? type : TYPE_WRITABLE))',
    to: 'if (!takeType(x, frame, type === 0 ? TYPE_WRITABLE : type))',
  },
  {
    check: 'only the caller’s frames are given back',
    file: 'reservation',
    from: 'if (!takeFrame(x, frame, x.caller.pointer))',
    to: 'if (!takeFrame(x, frame, x.frames.owner(frame)))',
  },
  {
    check: 'a frame given back loses its pin',
    file: 'reservation',
    from: 'if (clearFlag(x, frame, COUNT_PINNED))',
    to: 'if (clearFlag(x, frame, COUNT_PINNED) && false)',
  },
];
