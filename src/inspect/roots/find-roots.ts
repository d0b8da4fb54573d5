/** Finds the roots of page tables in memory, without a hint. */

import { formatAddress } from '../../arch/address.ts';
import { CPU_MODELS, type CpuFeatures } from '../../arch/cpu.ts';
import { isLongMode, type PagingMode } from '../../arch/paging-modes.ts';
import { cr3Address, pagingMode } from '../../arch/registers.ts';
import type { Memory } from '../../memory/index.ts';
import type { WalkRegisters } from '../../walk/index.ts';
import { contextFor, registersFor } from './candidate-context.ts';
import { type Candidate, candidatesIn } from './candidates.ts';
import { type LoadedNote, LoadedNotes, PossibleNotes } from './linux-note.ts';
import { PointerSample } from './pointer-sample.ts';
import { RamIndex } from './ram-index.ts';
import { TableJudge, type TreeFacts } from './table-judge.ts';

/** Points for each kind of evidence. */
const POINTS = {
  /** Present entries lead where they should, and none has reserved bits set. */
  'sound-tables': 10,
  /** The supervisor can write to RAM through it. */
  'memory-reached': 20,
  /** The supervisor sees its tables, as a kernel must: it writes to them, if only with CR0.WP clear. */
  'own-tables': 15,
  /** There is code for the supervisor. */
  'kernel-code': 10,
  /** What looks like a kernel's pointers in RAM leads somewhere. */
  'pointers-lead': 15,
  /** It is no table of another root that is about as good. */
  topmost: 10,
  /** Topmost, without a user page: which of several processes' roots is taken where nothing better is known. */
  'kernel-only': 5,
  /** The operating system notes it as loaded. */
  'noted-as-loaded': 20,
  /** A CPU's registers say so: who asks, knew. */
  loaded: 20,
} as const;

/** One thing that speaks for a root. */
export interface RootEvidence {
  /** What it is, for programs. */
  readonly kind:
    | 'sound-tables'
    | 'memory-reached'
    | 'own-tables'
    | 'kernel-code'
    | 'pointers-lead'
    | 'topmost'
    | 'kernel-only'
    | 'noted-as-loaded'
    | 'loaded';
  /** How many points of the score it gives. */
  readonly points: number;
  /** In words. */
  readonly text: string;
}

/** A candidate for CR3. */
export interface FoundRoot {
  /** Physical address of the root table. */
  readonly cr3: number;
  /** The paging mode in which it is a root. */
  readonly mode: Exclude<PagingMode, 'off'>;
  /** How much speaks for it: 0 to 100. */
  readonly score: number;
  /** What speaks for it. */
  readonly evidence: readonly RootEvidence[];
  /** Tables under it. */
  readonly tables: number;
  /** Pages that it maps, those of shared tables once. */
  readonly pages: number;
  /** Registers with which it can be walked: the mode's, and what is known of CR4. */
  readonly registers: WalkRegisters;
}

/** A root that a CPU has loaded. */
export interface LoadedRoot {
  /** Its registers: CR3, and those that tell the paging mode. */
  readonly registers: WalkRegisters;
  /** Which CPU, in words. */
  readonly name: string;
}

/** What {@link findRoots} may be told. */
export interface FindRootsOptions {
  /** Roots that are known to be loaded: they come first, and the others are sought beside them. */
  readonly loaded?: readonly LoadedRoot[] | undefined;
  /** The most that are returned. Default 32. */
  readonly limit?: number | undefined;
  /** Is told how far it is: bytes of RAM looked at, and all. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** What the candidates are walked with: nothing is reserved that some CPU has. */
const CPU: CpuFeatures = { ...CPU_MODELS['sapphire-rapids'], physicalAddressBits: 52 };
/** With fewer points it is no root. */
const LEAST_POINTS = 30;
/** A root stays above its tables though so many points worse than one of them: a process's own pages may be out of the kernel's reach. */
const ABOUT_AS_GOOD = 5;
/** Roots whose scores differ by less are those of one system: its processes'. */
const SAME_SYSTEM = 20;
/** The most that are kept while others are looked at. */
const MAX_KEPT = 1024;
/** More than the evidence gives that is gathered last, for those that may still become the best. */
const LATE_POINTS = 50;
const MAX_FINALISTS = 256;

/**
 * Finds candidates for CR3 in all paging modes, best first.
 *
 * Looks at all of RAM for frames that could be a root by their bits, then at the tables under each: whether they are
 * sound, how much of RAM a supervisor reaches through them, and its own tables among it, and whether there is code
 * to run. Where several processes have roots that are as good, one that a CPU has loaded comes first, then what Linux notes
 * as loaded, the first CPU's before the others'; else one that maps the kernel alone.
 *
 * RAM is read once, front to back, and then the tables. In memory that is made to look like page tables everywhere, only
 * some millions of them are looked at.
 */
export function findRoots(memory: Memory, options: FindRootsOptions = {}): FoundRoot[] {
  const ram = new RamIndex(memory);
  const total = ram.count * 4096;
  const judgeOf = (mode: Candidate['mode']): TableJudge =>
    new TableJudge(contextFor(memory, CPU, { mode, address: 0 }), ram);
  const judges = {
    '32-bit': judgeOf('32-bit'),
    PAE: judgeOf('PAE'),
    '4-level': judgeOf('4-level'),
    '5-level': judgeOf('5-level'),
  };
  const pointers = { 4: new PointerSample(4), 8: new PointerSample(8) };
  const notes = { 4: new PossibleNotes(4), 8: new PossibleNotes(8) };
  const candidates: Candidate[] = [];
  for (const { words, physical, done } of ram.pieces()) {
    options.progress?.(done, total);
    for (const bytes of [4, 8] as const) {
      pointers[bytes].take(words);
      notes[bytes].take(words, physical);
    }
    for (let base = 0; base < words.length; base += 1024) {
      candidates.push(...candidatesIn(words, base, physical + base * 4, ram));
    }
  }
  const loaded = loadedCandidates(options.loaded ?? []);
  let judged: Judged[] = [];
  for (const candidate of [...loaded.map((root) => root.candidate), ...candidates]) {
    if (judged.some((root) => root.isLoaded && isSame(root.candidate, candidate))) continue;
    const facts = judges[candidate.mode].under(candidate.address);
    const root = facts && judge(candidate, facts, ram);
    if (root === undefined) continue;
    const known = loaded.find((other) => other.candidate === candidate);
    if (known !== undefined) markLoaded(root, known);
    else if (scoreOf(root) < LEAST_POINTS) continue;
    judged.push(root);
    if (judged.length >= 2 * MAX_KEPT) judged = judged.sort(better).slice(0, MAX_KEPT);
  }
  judged.sort(better);
  const least = scoreOf(judged[0] ?? { evidence: [] }) - LATE_POINTS;
  const finalists = judged.filter(
    (root, i) => i < MAX_FINALISTS && (scoreOf(root) >= least || root.isLoaded),
  );
  for (const root of finalists) {
    const wordBytes = isLongMode(root.candidate.mode) ? 8 : 4;
    addPointers(root, pointers[wordBytes].leadingUnder(contextFor(memory, CPU, root.candidate)));
  }
  addTopmost(finalists);
  addKernelOnly(finalists);
  finalists.sort(better);
  for (const mode of new Set(finalists.slice(0, 8).map((root) => root.candidate.mode))) {
    addNotes(memory, mode, finalists, notes[isLongMode(mode) ? 8 : 4]);
  }
  options.progress?.(total, total);
  return finalists
    .sort(better)
    .slice(0, options.limit ?? 32)
    .map(finished);
}

/** A candidate that needs no search. */
interface LoadedCandidate {
  readonly candidate: Candidate;
  readonly registers: WalkRegisters;
  name: string;
}

/** Where the tables are that CPUs have loaded; each once, though several CPUs may have loaded it. */
function loadedCandidates(loaded: readonly LoadedRoot[]): LoadedCandidate[] {
  const found: LoadedCandidate[] = [];
  for (const { registers, name } of loaded) {
    const mode = pagingMode(registers);
    if (mode === 'off') continue;
    const cr3 = cr3Address(registers.cr3);
    const candidate = { mode, address: cr3 - (cr3 % (mode === 'PAE' ? 32 : 4096)) };
    const known = found.find((other) => isSame(other.candidate, candidate));
    if (known === undefined) found.push({ candidate, registers, name });
    else known.name += `, ${name}`;
  }
  return found;
}

function isSame(a: Candidate, b: Candidate): boolean {
  return a.mode === b.mode && a.address === b.address;
}

function markLoaded(root: Judged, { registers, name }: LoadedCandidate): void {
  root.isLoaded = true;
  root.registers = registers;
  root.evidence.push({ kind: 'loaded', points: POINTS.loaded, text: `it is loaded: ${name}` });
}

interface Judged {
  readonly candidate: Candidate;
  readonly facts: TreeFacts;
  /** What speaks for it. */
  evidence: RootEvidence[];
  /** Which CPU is noted to have it loaded; infinity: none. */
  cpu: number;
  /** A CPU's registers say that it is loaded. */
  isLoaded: boolean;
  /** The registers that it is loaded with. */
  registers: WalkRegisters | undefined;
  /** CR4 as it is noted with it. */
  cr4: number | undefined;
}

function better(a: Judged, b: Judged): number {
  return (
    Number(b.isLoaded) - Number(a.isLoaded) ||
    scoreOf(b) - scoreOf(a) ||
    a.cpu - b.cpu ||
    b.facts.entries - a.facts.entries ||
    a.candidate.address - b.candidate.address
  );
}

function scoreOf({ evidence }: Pick<Judged, 'evidence'>): number {
  return evidence.reduce((sum, { points }) => sum + points, 0);
}

function judge(candidate: Candidate, facts: TreeFacts, ram: RamIndex): Judged {
  const evidence: RootEvidence[] = [];
  const add = (kind: RootEvidence['kind'], share: number, text: string): void => {
    const points = Math.round(POINTS[kind] * share);
    if (points > 0) evidence.push({ kind, points, text });
  };
  const tables = facts.addresses.size;
  const { entries, wrong, reachable, ownTables, writableTables, kernelCode } = facts;
  add(
    'sound-tables',
    Math.max(0, 1 - (20 * wrong) / entries),
    `${count(entries, 'entry', 'entries')} in ${count(tables, 'table', 'tables')}, ${wrong} of them wrong`,
  );
  const reached = ram.count === 0 ? 0 : reachable / ram.count;
  add('memory-reached', reached, `the supervisor can write to ${(100 * reached).toFixed(1)} % of RAM`);
  add(
    'own-tables',
    ownTables / Math.max(1, tables),
    writableTables === ownTables
      ? `it can write to ${ownTables} of its ${count(tables, 'table', 'tables')}`
      : `it sees ${ownTables} of its ${count(tables, 'table', 'tables')}, and can write to ${writableTables}`,
  );
  add(
    'kernel-code',
    kernelCode > 0 ? 1 : 0,
    `${count(kernelCode, 'page', 'pages')} of code for the supervisor`,
  );
  return {
    candidate,
    facts,
    evidence,
    cpu: Number.POSITIVE_INFINITY,
    isLoaded: false,
    registers: undefined,
    cr4: undefined,
  };
}

function addPointers(root: Judged, share: number | undefined): void {
  const points = Math.round(POINTS['pointers-lead'] * (share ?? 0));
  if (share === undefined || points === 0) return;
  const text = `${(100 * share).toFixed(0)} % of what looks like a kernel's pointers leads somewhere`;
  root.evidence.push({ kind: 'pointers-lead', points, text });
}

/**
 * A table of a root often looks like a root of its own: a page directory of 64-bit entries like one of 32-bit entries,
 * a PML4 under a PML5 like the root of 4-level paging. So does a root in a mode that is not its own.
 */
function addTopmost(judged: readonly Judged[]): void {
  const scores = judged.map(scoreOf);
  for (const [i, root] of judged.entries()) {
    if (judged.some((other, j) => scores[j]! >= scores[i]! - ABOUT_AS_GOOD && isAbove(other, root))) continue;
    root.evidence.push({
      kind: 'topmost',
      points: POINTS.topmost,
      text: 'no other root has it among its tables',
    });
  }
}

/** Whether a root is a table of another. Where each is of the other, more tables decide; of one table in two modes, more pages. */
function isAbove({ candidate, facts }: Judged, root: Judged): boolean {
  if (candidate.address === root.candidate.address) return facts.pages > root.facts.pages;
  if (!facts.addresses.has(root.candidate.address)) return false;
  return !root.facts.addresses.has(candidate.address) || facts.addresses.size > root.facts.addresses.size;
}

/** Where each process has a root, the one of the kernel alone is all of them have in common. */
function addKernelOnly(judged: readonly Judged[]): void {
  for (const { facts, evidence, isLoaded } of judged) {
    if (isLoaded || facts.userPages > 0 || !evidence.some(({ kind }) => kind === 'topmost')) continue;
    evidence.push({
      kind: 'kernel-only',
      points: POINTS['kernel-only'],
      text: 'no page for users: the kernel alone',
    });
  }
}

/** Looks for what Linux notes as loaded, among the roots of a mode that are about as good as the best. */
function addNotes(
  memory: Memory,
  mode: Candidate['mode'],
  judged: readonly Judged[],
  possible: PossibleNotes,
): void {
  const ofMode = judged.filter((root) => root.candidate.mode === mode);
  const best = ofMode[0]!;
  const peers = ofMode.filter((root) => scoreOf(best) - scoreOf(root) < SAME_SYSTEM);
  const addresses = peers.map((root) => root.candidate.address);
  const context = contextFor(memory, CPU, best.candidate);
  const notes = new LoadedNotes(memory, mode, context, addresses).among(possible);
  if (notes.length === 0) return;
  for (const root of peers) withNotes(root, notes);
}

function withNotes(root: Judged, notes: readonly LoadedNote[]): void {
  if (root.isLoaded) return;
  // It served where nothing better is known.
  root.evidence = root.evidence.filter(({ kind }) => kind !== 'kernel-only');
  const cpu = notes.findIndex((note) => note.root === root.candidate.address);
  if (cpu >= 0) {
    const { address, cr4 } = notes[cpu]!;
    root.cpu = cpu;
    root.cr4 = cr4;
    root.evidence.push({
      kind: 'noted-as-loaded',
      points: POINTS['noted-as-loaded'] - Math.min(cpu, 10),
      text: `Linux notes it as loaded on its CPU ${cpu}, with CR4 ${formatAddress(cr4)}, at ${formatAddress(address)}`,
    });
  }
}

function finished(root: Judged): FoundRoot {
  const { candidate, facts, evidence, cr4 } = root;
  const registers = root.registers ?? registersFor(candidate);
  return {
    cr3: candidate.address,
    mode: candidate.mode,
    score: scoreOf(root),
    evidence,
    tables: facts.addresses.size,
    pages: facts.pages,
    registers: cr4 === undefined ? registers : { ...registers, cr4 },
  };
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
