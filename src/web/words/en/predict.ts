/** Predictions of faults, and what is to be said to a wrong one. */
export const PREDICT = {
  label: 'What will happen?',
  ok: 'it goes through',
  fault: 'a page fault with this error code:',
  toggle: (name: string, value: number) => `${name} = ${value}`,
  /** No fault comes; the bits that were expected, high ones first. */
  imagined: (bits: readonly number[]) =>
    `No fault with ${['I', 'R', 'U', 'W', 'P'].map((name, i) => `${name}=${bits[i]}`).join(' ')} will come. Look once more at P, RW and US of all entries, and at who acts.`,
  missed: (_name: string, _why: string) =>
    'It will not go through. Go from entry to entry: is each present, and does each allow what is asked?',
  /** By the number of the bit: what to say where it is really 0, and where it is really 1. */
  bits: {
    0: [
      'P: an entry on the way has P = 0, and the code repeats that.',
      'P: every entry on the way is present; it is a right that is missing.',
    ],
    1: ['W: look at what is done: it is no write.', 'W: look at what is done: it is a write.'],
    2: [
      'U: look at who acts. Rings 0, 1 and 2 are all the supervisor to paging.',
      'U: look at who acts: it is ring 3.',
    ],
    3: [
      'R: no entry on the way has a reserved bit set.',
      'R: look at the bits of the entries: one of those that must be 0 is 1.',
    ],
    4: [
      'I: this is no fetch of code, or this CPU does not tell.',
      'I: code is fetched, and this CPU tells so in the error code.',
    ],
  } as Readonly<Record<number, readonly [string, string]>>,
};

/** What stands around things to be run. */
export const ACTS = {
  run: 'Run',
  done: 'done',
  result: { ok: 'went through', fault: 'fault' },
  loop: (pages: number) => `for each of ${pages} pages`,
  copy: (from: string, to: string) => `copy 4096 bytes: [${to}] ← [${from}]`,
  blank: (line: number) => `Blank in line ${line}`,
  tryIt: 'Run the handler',
  again: 'The program runs its instruction again.',
};
