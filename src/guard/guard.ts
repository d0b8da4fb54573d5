import { ACCESS_WRITE_BIT, type Access, READ, WRITE } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_D } from '../arch/entry.ts';
import { fromHalves, lowHalf } from '../arch/linear.ts';
import { type EntryKind, isLongMode, PAGING_MODES } from '../arch/paging-modes.ts';
import { pagingMode } from '../arch/registers.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import { counterexampleOf } from '../claims/counterexample.ts';
import { titleOf } from '../claims/title.ts';
import type { Claim } from '../claims/verification.ts';
import type { Ram } from '../memory/ram.ts';
import { FAULT, Mmu } from '../mmu/mmu.ts';
import { ABOVE_4_GIB, NO_FAULT } from '../mmu/translate-run.ts';
import { contextOf, type WalkContext, type WalkMachine } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import type { WalkReport } from '../walk/report.ts';
import type { GuardFinding, GuardStep, GuardWrite, LayoutFinding, StaleFinding } from './finding.ts';
import { coverMethod, coverSetter, type Release } from './intercept.ts';
import { addressSpaceKey, type EntryChange, LayoutWatch, meansOther } from './layout-watch.ts';
import { TableWrites } from './table-writes.ts';
import { type Made, Translations } from './translations.ts';
import { accessText, headText, invalidationsOf, tablesText, wentText, writeText } from './words.ts';

/** A memory with registers that do not change, such as a `Machine` whose memory a builder writes. */
export interface GuardedMachine extends WalkMachine {
  /** The memory that is watched. */
  readonly memory: Ram;
}

/** What {@link guard} may be told. */
export interface GuardOptions {
  /** Called with each finding at once. What it throws comes out of the call that led to it. */
  readonly onFinding?: (finding: GuardFinding) => void;
}

/** Layouts of address spaces that are left are kept, so that a return to one costs nothing. */
const MAX_SPACES = 16;

/**
 * Watches a running machine: tells the first write, register load or access after which a layout does not hold, and
 * every use of a translation whose entry was changed without an invalidation.
 *
 * All that anybody does through this MMU, and to its memory, is seen: the methods of the two objects are covered until
 * {@link Guard.release}. Others of their classes are as fast as ever.
 *
 * @param subject - An MMU; or a memory with registers that do not change, of which only writes are seen.
 * @param layout - What is to hold after every step. Empty: only translations are watched.
 * @example
 * const watch = guard(mmu, [readOnly('tables'), closedTo('user', [0xc000_0000, 0x1_0000_0000])]);
 * watch.as('munmap', () => kernel.munmap(0x40_0000));
 * watch.first?.text;
 */
export function guard(
  subject: Mmu | GuardedMachine,
  layout: readonly LayoutClaim[],
  options: GuardOptions = {},
): Guard {
  return new Guard(subject, layout, options);
}

/** What {@link guard} gives. */
export class Guard {
  readonly #mmu: Mmu | undefined;
  readonly #machine: GuardedMachine | undefined;
  readonly #layout: readonly LayoutClaim[];
  readonly #onFinding: ((finding: GuardFinding) => void) | undefined;
  readonly #findings: GuardFinding[] = [];
  readonly #translations = new Translations();
  readonly #writes: TableWrites;
  readonly #releases: Release[] = [];
  readonly #spaces = new Map<string, LayoutWatch>();
  /** Claims that do not hold now, by index. */
  readonly #broken = new Set<number>();
  /** Uses that were told: page and what changed it. */
  readonly #told = new Set<string>();
  #key = '';
  #step = 0;
  #who = '';
  /** What is being done now; undefined between two steps. */
  #now: GuardStep | undefined;

  /** @internal */
  constructor(subject: Mmu | GuardedMachine, layout: readonly LayoutClaim[], { onFinding }: GuardOptions) {
    this.#mmu = subject instanceof Mmu ? subject : undefined;
    this.#machine = subject instanceof Mmu ? undefined : subject;
    this.#layout = layout;
    this.#onFinding = onFinding;
    this.#writes = new TableWrites(subject.memory, {
      concerns: (frame) => this.#concerns(frame),
      entryBytes: () => PAGING_MODES[pagingMode(this.#context)].entryBytes,
      perform: (what, write) => this.#perform(what, write),
    });
    if (this.#mmu !== undefined) this.#coverMmu(this.#mmu);
    this.#judge([], { step: 0, who: '', what: 'as it was when the guard was set up' });
  }

  /** All that went wrong, in order. */
  get findings(): readonly GuardFinding[] {
    return this.#findings;
  }

  /** The first of them. */
  get first(): GuardFinding | undefined {
    return this.#findings[0];
  }

  /** How many steps were done since the guard was set up. */
  get step(): number {
    return this.#step;
  }

  /**
   * Says who does what follows, for the story: `watch.as('fork', () => …)`.
   * @returns What the body returns.
   */
  as<T>(who: string, body: () => T): T {
    const before = this.#who;
    this.#who = who;
    try {
      return body();
    } finally {
      this.#who = before;
    }
  }

  /** Uncovers the MMU and the memory. What was found stays. */
  release(): void {
    this.#writes.release();
    for (const release of this.#releases.splice(0).reverse()) release();
  }

  get #context(): WalkContext {
    return this.#mmu?.walkContext ?? contextOf(this.#machine!);
  }

  #concerns(frame: number): boolean {
    if (this.#translations.concerns(frame)) return true;
    for (const space of this.#spaces.values()) if (space.concerns(frame)) return true;
    return false;
  }

  // --- steps ---

  /** Does something, as one step. Within another it is a part of that one. */
  #perform(what: () => string, body: () => unknown, check?: (result: unknown) => void): unknown {
    if (this.#now !== undefined) return body();
    const step: GuardStep = { step: ++this.#step, who: this.#who, what: what() };
    this.#now = step;
    try {
      this.#writes.pollViews();
      const result = body();
      this.#settle(step);
      check?.(result);
      return result;
    } finally {
      this.#now = undefined;
    }
  }

  /** Looks at what a step has written, and judges. */
  #settle(step: GuardStep): void {
    const changes = this.#writes.take();
    const writes = changes.map(
      ({ address, before, after }): GuardWrite => ({
        ...step,
        address,
        before: fromHalves(...before),
        after: fromHalves(...after),
      }),
    );
    for (const [i, change] of changes.entries()) {
      const clearsDirty = (change.before[0] & ~change.after[0] & PTE_D) !== 0;
      if (meansOther(change) || clearsDirty) this.#translations.wrote(writes[i]!);
    }
    this.#judge(changes, step, writes);
  }

  #judge(changes: readonly EntryChange[], step: GuardStep, writes: readonly GuardWrite[] = []): void {
    if (this.#layout.length === 0) return;
    const context = this.#context;
    if (pagingMode(context) === 'off') return;
    const key = addressSpaceKey(context);
    const isOther = key !== this.#key;
    for (const [other, space] of this.#spaces) {
      if (other === key && !isOther) continue;
      // What is not looked at now is judged anew when it is.
      if (changes.some(({ address }) => space.concerns(Math.floor(address / PAGE_SIZE)))) {
        this.#spaces.delete(other);
      }
    }
    this.#key = key;
    let space = this.#spaces.get(key);
    if (space === undefined) {
      if (this.#spaces.size >= MAX_SPACES) this.#spaces.delete([...this.#spaces.keys()][0]!);
      space = new LayoutWatch(context, this.#layout);
      this.#spaces.set(key, space);
    } else if (!isOther && (changes.length === 0 || !space.changed(context, changes))) {
      return;
    }
    this.#tellBroken(space, context, step, writes);
  }

  #tellBroken(
    { findings }: LayoutWatch,
    context: WalkContext,
    step: GuardStep,
    writes: readonly GuardWrite[],
  ): void {
    for (const [i, finding] of findings.entries()) {
      if (finding === undefined) {
        this.#broken.delete(i);
        continue;
      }
      if (this.#broken.has(i)) continue;
      this.#broken.add(i);
      const claim = this.#layout[i]!;
      const counterexample = counterexampleOf(finding, context);
      const title = titleOf(claim);
      const judged: Claim = { name: claim.name ?? claim.kind, title, ok: false, counterexample };
      const { text, mend, walk } = counterexample;
      const kinds = new Map(walk?.steps.map(({ entryAddress, kind }) => [entryAddress, kind]));
      const told: LayoutFinding = {
        ...step,
        kind: 'layout',
        claim: judged,
        writes,
        text: `${headText(step)}after ${step.what} this no longer holds: ${title} ${text}`,
        story: [
          ...writes.map((write) => writeText(write, kinds.get(write.address), context)),
          `since then this does not hold: ${title}`,
          text,
          ...(mend === undefined ? [] : [`to mend it: ${mend}`]),
        ],
      };
      this.#tell(told);
    }
  }

  #tell(finding: GuardFinding): void {
    this.#findings.push(finding);
    this.#onFinding?.(finding);
  }

  // --- the MMU ---

  #coverMmu(mmu: Mmu): void {
    for (const name of ['cr0', 'cr3', 'cr4', 'efer', 'pkru', 'pkrs', 'alignmentCheck'] as const) {
      const label = name === 'alignmentCheck' ? 'EFLAGS.AC' : name.toUpperCase();
      this.#releases.push(
        coverSetter(mmu, name, (set, value) => {
          const text = typeof value === 'boolean' ? value : `0x${Number(value).toString(16)}`;
          this.#perform(
            () => `a load of ${label} with ${text}`,
            () => {
              set(value);
              this.#translations.invalidated(mmu);
            },
          );
        }),
      );
    }
    this.#coverInvalidations(mmu);
    this.#coverTranslations(mmu);
    this.#coverData(mmu);
  }

  #coverInvalidations(mmu: Mmu): void {
    for (const name of ['invlpg', 'invpcid'] as const) {
      this.#cover(mmu, name, (call, args) => {
        const operands = args.map((arg) => `0x${(arg as number).toString(16)}`).join(', ');
        return this.#perform(
          () => `${name.toUpperCase()} ${operands}`,
          () => {
            const result = call(...args);
            this.#translations.invalidated(mmu);
            return result;
          },
        );
      });
    }
  }

  #coverTranslations(mmu: Mmu): void {
    this.#cover(mmu, 'translate', (call, args) => {
      const [linear, access] = args as [number | bigint, Access];
      return this.#access(
        linear,
        access,
        1,
        () => call(...args),
        (result) => [Number(result)],
      );
    });
    this.#cover(mmu, 'translateHalves', (call, args) => {
      const [low, high, access] = args as [number, number, Access];
      const linear = isLongMode(mmu.mode) ? fromHalves(low | 0, high | 0) : low >>> 0;
      return this.#access(
        linear,
        access,
        1,
        () => call(...args),
        (result) => [Number(result)],
      );
    });
    for (const name of ['translateMany', 'translateEach'] as const) {
      this.#cover(mmu, name, (call, args) => this.#list(name, args, call));
    }
  }

  /** Reads and writes: where they went, the TLB knows afterwards. */
  #coverData(mmu: Mmu): void {
    const translate = mmu.constructor.prototype.translate as Mmu['translate'];
    for (const [size, bytes] of [
      ['Uint8', 1],
      ['Uint16', 2],
      ['Uint32', 4],
      ['BigUint64', 8],
    ] as const) {
      const went = (linear: number | bigint, access: Access) => (result: unknown) =>
        pagesOf(linear, bytes).map((page) => (result === FAULT ? FAULT : translate.call(mmu, page, access)));
      this.#cover(mmu, `read${size}`, (call, args) => {
        const [linear, access = READ] = args as [number | bigint, Access?];
        return this.#access(linear, access, bytes, () => call(...args), went(linear, access));
      });
      this.#cover(mmu, `write${size}`, (call, args) => {
        const [linear, , access = WRITE] = args as [number | bigint, unknown, Access?];
        return this.#access(linear, access, bytes, () => call(...args), went(linear, access));
      });
    }
  }

  #cover(
    mmu: Mmu,
    name: string,
    around: (call: (...args: unknown[]) => unknown, args: unknown[]) => unknown,
  ): void {
    this.#releases.push(
      coverMethod(mmu, name, (call, args) => (this.#now === undefined ? around(call, args) : call(...args))),
    );
  }

  #access(
    linear: number | bigint,
    access: Access,
    bytes: number,
    call: () => unknown,
    went: (result: unknown) => readonly number[],
  ): unknown {
    // What the tables say before the access; it may itself write to them.
    const context = this.#context;
    const tables = pagesOf(linear, bytes).map((page) => explainWalk(context, page, access));
    return this.#perform(
      () => accessText({ linear, access }),
      call,
      (result) => {
        const physical = went(result);
        // All or nothing: of an access that faults, one page is enough.
        if (result === FAULT && tables.some(({ ok }) => !ok)) return;
        for (const [i, report] of tables.entries()) this.#compare(report, physical[i]!, context);
      },
    );
  }

  #list(name: string, args: unknown[], call: (...args: unknown[]) => unknown): unknown {
    const [list, physical] = args as [Iterable<number | bigint>, ArrayLike<number>];
    const access = args.at(-1) as Access;
    const context = this.#context;
    const long = isLongMode(pagingMode(context));
    const tables = Array.from(list, (given) => {
      // As the MMU takes it: in other modes the low half alone counts.
      const linear = long
        ? given < 0 && typeof given === 'number'
          ? given >>> 0
          : given
        : lowHalf(given) >>> 0;
      return explainWalk(context, linear, access);
    });
    return this.#perform(
      () => `${name} of ${tables.length} addresses`,
      () => call(...args),
      (result) => {
        const done = name === 'translateMany' ? Number(result) : tables.length;
        for (let i = 0; i < done; i++) {
          const code = name === 'translateEach' ? (args[2] as Uint8Array)[i]! : NO_FAULT;
          if (code !== ABOVE_4_GIB)
            this.#compare(tables[i]!, code === NO_FAULT ? physical[i]! : FAULT, context);
        }
      },
    );
  }

  /** Where an access went, beside what the tables said. */
  #compare(tables: WalkReport, physical: number, context: WalkContext): void {
    const agrees = tables.ok ? tables.physical === physical : physical === FAULT;
    if (agrees && !(tables.ok && this.#lostDirty(tables, context))) {
      if (tables.ok && tables.mode !== 'off') this.#translations.made(tables, this.#now!);
      return;
    }
    this.#tellStale(tables, physical, context);
  }

  /** Whether a write should have set D in its entry, and did not. */
  #lostDirty(tables: WalkReport, { memory }: WalkContext): boolean {
    const leaf = tables.steps.at(-1);
    if (leaf === undefined || leaf.source !== 'ram' || (tables.access & ACCESS_WRITE_BIT) === 0) return false;
    return (memory.loadWord(leaf.entryAddress) & PTE_D) === 0;
  }

  #tellStale(tables: WalkReport, physical: number, context: WalkContext): void {
    const now = this.#now!;
    const { linear, access } = tables;
    const made = this.#translations.of(linear);
    const path =
      made?.path ?? tables.steps.map(({ entryAddress, kind }) => ({ address: entryAddress, kind }));
    const writes = this.#translations.writesTo(path, (made?.step ?? 0) + 1, now.step);
    const key = `${Math.floor(Number(linear) / PAGE_SIZE)}|${writes.at(-1)?.step ?? made?.step}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const global = made?.global ?? false;
    const ways = invalidationsOf(linear, global, context.cpu);
    const lost = tables.ok && tables.physical === physical;
    const end = lost
      ? `it ${wentText(physical)} without setting D in its entry: that the page was written is lost`
      : `it ${wentText(physical)}, by a translation that the tables no longer have; by them ${tablesText(tables)}`;
    const text = `${headText(now)}${accessText(tables)}: ${end}`;
    const finding: StaleFinding = {
      ...now,
      kind: 'stale',
      linear,
      access,
      physical,
      tables,
      cached: made,
      writes,
      text,
      story: [
        ...this.#beginning(made, path, context),
        ...(writes.length === 0
          ? ['its entry has changed since, by a write that the guard could not see']
          : writes.map((write) => writeText(write, kindAt(path, write.address), context))),
        `since then there was ${ways.length > 1 ? 'neither' : 'no'} ${ways.join(' nor ')}`,
        text,
      ],
      mend: `after the change of the entry: ${ways.join(', or ')}`,
    };
    this.#tell(finding);
  }

  /** How a page began: who wrote its entry, and when the CPU took its translation. */
  #beginning(made: Made | undefined, path: Made['path'], context: WalkContext): string[] {
    if (made === undefined) return ['its translation was made before the guard was set up'];
    const written = this.#translations.writesTo(path, 0, made.step).at(-1);
    return [
      ...(written === undefined ? [] : [writeText(written, kindAt(path, written.address), context)]),
      `${headText(made)}${made.what}: translated to 0x${made.physical.toString(16)}, which the CPU may keep`,
    ];
  }
}

function kindAt(path: Made['path'], address: number): EntryKind | undefined {
  return path.find((entry) => entry.address === address)?.kind;
}

/** An address of each page that an access touches. */
function pagesOf(linear: number | bigint, bytes: number): (number | bigint)[] {
  const inPage = PAGE_SIZE - (lowHalf(linear) & (PAGE_SIZE - 1));
  if (inPage >= bytes) return [linear];
  return [linear, typeof linear === 'bigint' ? linear + BigInt(inPage) : linear + inPage];
}
