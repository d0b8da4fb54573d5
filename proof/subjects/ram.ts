/**
 * RAM of which nothing is known but that it consists of words: any size, any contents. It stands for `PhysicalMemory`,
 * in both shapes in which the MMU sees it: `loadWord`/`storeWord`, and `words`, the chunks of the hot path.
 * That `PhysicalMemory` behaves so is tested, not proven.
 */

import { Unsupported } from '../engine/operators.ts';
import {
  add,
  and,
  bitAnd,
  FALSE,
  int,
  intVariable,
  ite,
  less,
  memoryVariable,
  not,
  select,
  shiftLeft,
  shiftRight,
  signed,
  store,
  type Term,
} from '../engine/term.ts';
import {
  choose,
  type Foreign,
  fromNumberTerm,
  fromTruthTerm,
  merge,
  numberTerm,
  type Value,
} from '../engine/values.ts';

/** log2 of the bytes of a chunk of `PhysicalMemory`. */
const CHUNK_SHIFT = 25;
/** RAM has at most 2^36 bytes: 2^24 frames. */
const MOST_FRAMES = 1n << 24n;

/** Read as int32 where no RAM answers. */
const OPEN_BUS = int(-1);

export class UnknownRam {
  /** The contents now. */
  contents: Term;
  readonly before: Term;
  readonly frameCount: Term;
  readonly sizeBytes: Term;

  constructor(name: string) {
    this.before = memoryVariable(name);
    this.contents = this.before;
    this.frameCount = intVariable(`${name}_frames`, 1n, MOST_FRAMES);
    this.sizeBytes = shiftLeft(this.frameCount, int(12));
  }

  /** Whether RAM answers at a physical address. */
  isRam(physical: Term): Term {
    return less(physical, this.sizeBytes);
  }

  load(physical: Term): Term {
    return this.loadFrom(this.contents, physical);
  }

  /** The same of other contents. */
  loadFrom(contents: Term, physical: Term): Term {
    return ite(this.isRam(physical), select(contents, wordOf(physical)), OPEN_BUS);
  }

  store(physical: Term, value: Term, guard: Term): void {
    const holds = and(guard, this.isRam(physical));
    if (holds === FALSE) return;
    this.contents = ite(holds, store(this.contents, wordOf(physical), signed(32, value)), this.contents);
  }

  /** What the code sees. */
  asValue(active: () => Term): Foreign {
    const members: Record<string, () => Value> = {
      sizeBytes: () => fromNumberTerm(this.sizeBytes),
      frameCount: () => fromNumberTerm(this.frameCount),
      words: () => this.#chunks(),
      loadWord: () => ({
        foreign: 'loadWord',
        call: ([physical]) => fromNumberTerm(this.load(termOf(physical))),
      }),
      storeWord: () => ({
        foreign: 'storeWord',
        call: ([physical, value]) => {
          this.store(termOf(physical), termOf(value), active());
          return undefined;
        },
      }),
      isRam: () => undefined,
    };
    return {
      foreign: 'PhysicalMemory',
      get: (key) => {
        const member = members[String(key)];
        if (member === undefined) throw new Unsupported(undefined, `memory.${String(key)}`);
        return member();
      },
    };
  }

  /** `words[chunk][word]`: undefined outside RAM, as a typed array answers. */
  #chunks(): Foreign {
    return {
      foreign: 'chunks of RAM',
      get: (chunk) => ({
        foreign: 'a chunk of RAM',
        get: (word) => {
          const physical = addressIn(chunk, word);
          return choose([
            { guard: this.isRam(physical), value: fromNumberTerm(select(this.contents, wordOf(physical))) },
            { guard: not(this.isRam(physical)), value: undefined },
          ]);
        },
        set: (word, value, guard) => this.store(addressIn(chunk, word), termOf(value), guard),
      }),
    };
  }
}

function addressIn(chunk: Value, word: Value): Term {
  const within = termOf(word);
  if (within.lo < 0n || within.hi >= 1n << BigInt(CHUNK_SHIFT - 2)) {
    throw new Unsupported(undefined, `word ${within.lo} to ${within.hi} of a chunk`);
  }
  return add(shiftLeft(termOf(chunk), int(CHUNK_SHIFT)), shiftLeft(within, int(2)));
}

/** The number of a word; its address must be aligned. */
export function wordOf(physical: Term): Term {
  if (bitAnd(physical, int(3)) !== int(0))
    throw new Unsupported(undefined, 'a word at an address that may be odd');
  return shiftRight(physical, int(2));
}

function termOf(value: Value): Term {
  const term = numberTerm(value);
  if (term === undefined) throw new Unsupported(undefined, 'an address that is no number');
  return term;
}

export { fromTruthTerm, merge };
