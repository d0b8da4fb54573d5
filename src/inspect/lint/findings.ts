import { type Access, READ } from '../../arch/access.ts';
import {
  type AddressRange,
  addressOf,
  explainWalk,
  type NamedRange,
  type WalkContext,
} from '../../walk/index.ts';
import type { LintFinding, LintPlace } from './finding.ts';
import { LINT_RULE_NAMES, LINT_RULES, type LintLevel, type LintRuleName } from './rules.ts';

/** A place where a rule does not hold, on purpose. */
export interface LintException {
  /** The rule; absent: every one. */
  readonly rule?: LintRuleName | undefined;
  /** Findings that lie in this range as a whole are not told. */
  readonly range: AddressRange;
}

/** What {@link lintTables} may be told. */
export interface LintOptions {
  /** How bad the findings of a rule are, in place of what they say themselves; `off`: it is not looked for. */
  readonly rules?: Readonly<Partial<Record<LintRuleName, LintLevel | 'off'>>> | undefined;
  /** Places where a rule is broken on purpose. */
  readonly except?: readonly LintException[] | undefined;
  /** Only findings that overlap this range. Default: everything. */
  readonly range?: AddressRange | undefined;
  /** Where the kernel lies. Default: the upper half in long mode, else from 3 GiB on. */
  readonly kernel?: AddressRange | undefined;
  /** What is known to hold data, such as the variables among a kernel's symbols, for `executable-data`. */
  readonly data?: Iterable<NamedRange> | undefined;
  /** Names the first address of a finding. */
  readonly nameOf?: ((linear: number | bigint) => string | undefined) | undefined;
  /** How many findings of a rule and a level are told at most. Default 10,000. */
  readonly limit?: number | undefined;
  /** Is told how far it is, in parts of `total`. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Is told once if tables lead to each other in so many ways that not all were looked at. */
  readonly onIncomplete?: (() => void) | undefined;
  /** Is told how many more there were. */
  readonly onOmitted?: ((rule: LintRuleName, level: LintLevel, count: number) => void) | undefined;
}

/** Pages in a row; a page is a linear address / 4096. */
export interface RawPlace {
  readonly page: number;
  readonly pages: number;
  /** How many entries on the way lie above the one that decides. Absent: it is the last. */
  readonly depth?: number | undefined;
}

/** What a rule knows of a finding. */
export interface RawFinding extends RawPlace {
  readonly rule: LintRuleName;
  /** Absent: as the rule says. */
  readonly level?: LintLevel | undefined;
  readonly physical?: number | undefined;
  readonly access?: Access | undefined;
  readonly other?: RawPlace | undefined;
  /** Asked only of findings that are kept. */
  readonly text: (place: LintPlace, other: LintPlace | undefined) => string;
}

const DEFAULT_LIMIT = 10_000;

/** Collects findings: those that were asked for, no more of each kind than may be. */
export class Findings {
  readonly #context: WalkContext;
  readonly #options: LintOptions;
  readonly #limit: number;
  readonly #kept: LintFinding[] = [];
  readonly #counts = new Map<string, { rule: LintRuleName; level: LintLevel; count: number }>();

  constructor(context: WalkContext, options: LintOptions) {
    this.#context = context;
    this.#options = options;
    this.#limit = options.limit ?? DEFAULT_LIMIT;
  }

  /** Whether a rule is looked for at all. */
  wants(rule: LintRuleName): boolean {
    return this.#options.rules?.[rule] !== 'off';
  }

  add(raw: RawFinding): void {
    const { rule, page, pages } = raw;
    const told = this.#options.rules?.[rule];
    if (told === 'off') return;
    const range = { start: addressOf(page), end: addressOf(page + pages) };
    if (this.#options.range !== undefined && !overlap(range, this.#options.range)) return;
    if (this.#options.except?.some((each) => isExcept(each, rule, range))) return;
    const level = told ?? raw.level ?? LINT_RULES[rule].level;
    const key = `${rule} ${level}`;
    const counted = this.#counts.get(key) ?? { rule, level, count: 0 };
    this.#counts.set(key, counted);
    counted.count++;
    if (counted.count > this.#limit) return;
    const place = this.#placeOf(raw);
    const other = raw.other && this.#placeOf(raw.other);
    const { physical, access } = raw;
    this.#kept.push({ ...place, rule, level, physical, access, other, text: raw.text(place, other) });
  }

  /** All that were kept: in the order of the rules, the worst first, then by address. */
  sorted(): LintFinding[] {
    for (const { rule, level, count } of this.#counts.values()) {
      if (count > this.#limit) this.#options.onOmitted?.(rule, level, count - this.#limit);
    }
    const levels = ['error', 'warning', 'note'];
    const rank = ({ rule, level }: LintFinding): number =>
      levels.indexOf(level) * 100 + LINT_RULE_NAMES.indexOf(rule);
    return this.#kept.sort((a, b) => rank(a) - rank(b) || compare(a.start, b.start));
  }

  #placeOf({ page, pages, depth = -1 }: RawPlace): LintPlace {
    const start = addressOf(page);
    const { entryAddress, entry, kind, rights } = explainWalk(this.#context, start, READ).steps.at(depth)!;
    return {
      start,
      end: addressOf(page + pages),
      entryAddress,
      entry,
      kind,
      rights,
      name: this.#options.nameOf?.(start),
    };
  }
}

function isExcept(exception: LintException, rule: LintRuleName, { start, end }: AddressRange): boolean {
  const { range } = exception;
  return (exception.rule ?? rule) === rule && start >= range.start && end <= range.end;
}

function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.start < b.end && b.start < a.end;
}

function compare(a: number | bigint, b: number | bigint): number {
  return Number(a > b) - Number(a < b);
}
