import {
  COUNT_ALLOCATED,
  COUNT_FLUSH,
  COUNT_MASK,
  COUNT_PINNED,
  COUNT_ZOMBIE,
  type PageType,
  TYPE_NAMES,
  TYPE_VALIDATED,
  typeOf,
} from './frame-table.ts';
import { domainOfPointer, type XenState } from './state.ts';

/** What the frame table says of a frame. */
export interface FrameInfo {
  /** The frame. */
  readonly frame: number;
  /** The domain that owns it; undefined: none. */
  readonly owner: number | undefined;
  /** References of all kinds. */
  readonly count: number;
  /** Its owner has not given it back. */
  readonly allocated: boolean;
  /** Its type is pinned. */
  readonly pinned: boolean;
  /** Translations of it may allow writes. */
  readonly flushOnTypeChange: boolean;
  /** Its owner is dying. */
  readonly zombie: boolean;
  /** What it is used as, or was last. */
  readonly type: PageType;
  /** The type's name. */
  readonly typeName: string;
  /** Its contents are known to be of the type. */
  readonly validated: boolean;
  /** References that need the type. */
  readonly typeCount: number;
  /** The flush clock when the type count last fell to 0, or the frame was freed. */
  readonly timestamp: number;
  /** The count word as it is. */
  readonly countWord: number;
  /** The type word as it is. */
  readonly typeWord: number;
}

/** Decodes a frame's entry. */
export function frameInfo(x: XenState, frame: number): FrameInfo {
  const count = x.frames.count(frame);
  const type = x.frames.type(frame);
  return {
    frame,
    owner: domainOfPointer(x, x.frames.owner(frame))?.id,
    count: count & COUNT_MASK,
    allocated: (count & COUNT_ALLOCATED) !== 0,
    pinned: (count & COUNT_PINNED) !== 0,
    flushOnTypeChange: (count & COUNT_FLUSH) !== 0,
    zombie: (count & COUNT_ZOMBIE) !== 0,
    type: typeOf(type),
    typeName: TYPE_NAMES[typeOf(type)]!,
    validated: (type & TYPE_VALIDATED) !== 0,
    typeCount: type & COUNT_MASK,
    timestamp: x.frames.stamp(frame),
    countWord: count >>> 0,
    typeWord: type >>> 0,
  };
}
