/** A session: a machine and everything that was done to it. Knows nothing of the page that shows it. */

import {
  ACCESS_FETCH_BIT,
  ACCESS_WRITE_BIT,
  type CpuModelName,
  CR0_WP,
  cpuFeatures,
  cr3Address,
  isLongMode,
  READ,
  VECTOR_PF,
  WRITE,
} from '../arch/index.ts';
import { mmuOf } from '../machine/index.ts';
import { FAULT, type Mmu, TLB_GEOMETRIES } from '../mmu/index.ts';
import type { UpdateAnswer, Xen } from '../xen/index.ts';
import { type Action, actorOf, type Outcome, type RegisterName } from './action.ts';
import { buildMachine } from './build-machine.ts';
import { guestSegment } from './guest-segment.ts';
import { moved } from './linear.ts';
import type { PageMachine } from './page-machine.ts';
import type { Refusal } from './problem.ts';
import { isRamAt } from './ram.ts';
import { builtFrames, replayBuild, requestCount, xenEntriesOf } from './replay-build.ts';
import { registersFor, type Scenario } from './scenario.ts';
import { isXenBelow, startXen, type Update } from './xen-below.ts';

export { type Action, type Actor, actorOf, type Outcome, type RegisterName } from './action.ts';

/** The CPU or the emulator refuses an action; nothing has changed. */
export class RefusedAction extends Error {
  override readonly name = 'RefusedAction';
  /** Why, for `toldOfProblem`. */
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    const { error } = refusal as { readonly error?: unknown };
    super(error instanceof Error ? error.message : refusal.about, { cause: error });
    this.refusal = refusal;
  }
}

/** Actions that a session may hold: as many as a link can carry without being too long for a browser. */
export const MAX_ACTIONS = 2000;
/** Pages that one loop may touch. */
export const MAX_SWEEP = 4096;

export class Session {
  /** Undefined for a machine out of a file, which no link can hold. */
  readonly scenario: Scenario | undefined;
  readonly machine: PageMachine;
  /** A hypervisor lies below the kernel: it alone loads registers. */
  readonly hasXen: boolean;
  /** It can be asked to change the tables. */
  readonly canAsk: boolean;
  #cpu: CpuModelName | undefined;
  #mmu: Mmu;
  #outcomes: Outcome[] = [];
  /** What was taken back, the next to be done again last. */
  #undone: Outcome[] = [];
  /** Started when it is first asked; undefined before. */
  #xen: Xen | undefined;
  /** Frames as they were before the first action that touched them. */
  readonly #original = new Map<number, Uint8Array>();

  constructor(machine: PageMachine, scenario?: Scenario) {
    this.scenario = scenario;
    this.machine = machine;
    const { domain, registers } = machine;
    this.hasXen = domain?.xen.kind === 'slots' && registers.cr3 === domain.pageDirectory;
    this.canAsk = scenario !== undefined && isXenBelow(machine);
    this.#cpu = nameOf(machine);
    this.#mmu = startMmu(machine);
  }

  /** Starts a scenario and does its actions. @throws RangeError or BuildError for an impossible scenario. */
  static start(scenario: Scenario, actions: readonly Action[] = []): Session {
    const session = new Session(buildMachine(scenario), scenario);
    for (const action of actions) session.do(action);
    return session;
  }

  /** The CPU now. Another object after a change of CPU or an undo. */
  get mmu(): Mmu {
    return this.#mmu;
  }

  /** The CPU's model; undefined where it is none of the known ones. */
  get cpu(): CpuModelName | undefined {
    return this.#cpu;
  }

  /** Everything that was done and what it led to, in order. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** The same, and then what was taken back and can be done again. */
  get timeline(): readonly Outcome[] {
    return [...this.#outcomes, ...this.#undone.toReversed()];
  }

  get actions(): Action[] {
    return this.#outcomes.map(({ action }) => action);
  }

  get canUndo(): boolean {
    return this.#outcomes.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Does something. @throws RefusedAction if the CPU refuses it; nothing has changed then. */
  do(action: Action): Outcome {
    if (this.#outcomes.length >= MAX_ACTIONS) {
      throw new RefusedAction({ about: 'full', most: MAX_ACTIONS });
    }
    const outcome = this.#perform(action);
    this.#undone = [];
    return outcome;
  }

  /** The machine as it was built, and these things done to it. */
  #replay(actions: readonly Action[]): void {
    this.#restart();
    if (actions.some(({ kind }) => kind === 'ask')) this.#startXen();
    for (const action of actions) this.#perform(action);
  }

  /** Takes the last action back: restores what was touched, and does all the others again. */
  undo(): void {
    if (this.canUndo) this.goTo(this.#outcomes.length - 1);
  }

  /** Goes back or on to the moment when so many of {@link timeline} were done. */
  goTo(count: number): void {
    const taken = this.#outcomes.slice(count);
    if (taken.length > 0) {
      this.#replay(this.actions.slice(0, count));
      this.#undone.push(...taken.reverse());
    }
    while (this.#outcomes.length < count && this.canRedo) this.redo();
  }

  /** Takes everything back, for good. */
  reset(): void {
    this.#restart();
    this.#undone = [];
  }

  /** Does again what was taken back last. */
  redo(): void {
    const next = this.#undone.pop();
    if (next !== undefined) this.#perform(next.action);
  }

  #restart(): void {
    for (const [frame, bytes] of this.#original) this.machine.memory.write(frame * 4096, bytes);
    this.#cpu = nameOf(this.machine);
    this.#mmu = startMmu(this.machine);
    this.#xen = undefined;
    this.#outcomes = [];
  }

  #startXen(): void {
    this.#xen = startXen(this.machine, (frame) => this.#keep(frame * 4096));
  }

  #perform(action: Action): Outcome {
    const before = this.#mmu.tlb.size;
    const result = this.#carryOut(action);
    const outcome: Outcome = {
      action,
      who: actorOf(action, this.hasXen),
      hit: false,
      reads: 0,
      physical: undefined,
      value: undefined,
      fault: undefined,
      dropped: Math.max(0, before - this.#mmu.tlb.size),
      sweep: undefined,
      answer: undefined,
      ...result,
    };
    this.#outcomes.push(outcome);
    return outcome;
  }

  #carryOut(action: Action): Partial<Outcome> {
    const { memory } = this.machine;
    try {
      switch (action.kind) {
        case 'access':
          return this.#access(action);
        case 'word':
          this.#checkRam(action.physical, 4);
          this.#keep(action.physical);
          this.#keep(action.physical + 3);
          memory.writeUint32(action.physical, action.value);
          return {};
        case 'byte':
          this.#checkRam(action.physical, 1);
          this.#keep(action.physical);
          memory.writeUint8(action.physical, action.value);
          return {};
        case 'register':
          this.#load(action.name, action.value);
          return {};
        case 'invlpg':
          this.#mmu.invlpg(action.linear);
          return {};
        case 'sweep':
          return this.#sweep(action);
        case 'copy':
          return this.#copy(action);
        case 'ask':
          return { answer: this.#ask(action.updates) };
        case 'built':
          this.#build(action.requests);
          return {};
        case 'cpu':
          this.#mmu = this.#otherCpu(action.cpu);
          this.#cpu = action.cpu;
          return {};
      }
    } catch (error) {
      throw error instanceof RefusedAction ? error : new RefusedAction({ about: 'error', error });
    }
  }

  #checkRam(physical: number, bytes: number): void {
    const { memory } = this.machine;
    if (isRamAt(memory, physical, bytes)) return;
    throw new RefusedAction({ about: 'ram', physical, bytes, end: memory.sizeBytes });
  }

  #load(name: RegisterName, value: number): void {
    // Only CR3 has more, and in long mode alone.
    const isWide = name === 'cr3' && isLongMode(this.#mmu.mode);
    if (value > 0xffff_ffff && !isWide) throw new RefusedAction({ about: 'width', name, value, bits: 32 });
    this.#mmu[name] = value;
  }

  #ask(updates: readonly Update[]): UpdateAnswer {
    if (!this.canAsk) throw new RefusedAction({ about: 'no-xen' });
    // What the page plays of the building, Xen knows nothing of.
    if (this.#outcomes.some(({ action }) => action.kind === 'built')) {
      throw new RefusedAction({ about: 'played' });
    }
    // Xen must have seen the domain as it was built: all that was done since is done again above it.
    if (this.#xen === undefined) {
      const { actions } = this;
      this.#restart();
      this.#startXen();
      for (const action of actions) this.#perform(action);
    }
    const xen = this.#xen!;
    for (const [pointer] of updates) this.#keep(pointer);
    const answer = xen.mmuUpdate(this.machine.domain!.domainId, Uint32Array.from(updates.flat()));
    // Xen has a CPU of its own here: what it did to that one's TLB happens to this one.
    for (const [kind, value = 0] of xen.flushes) {
      if (kind === 'invlpg' && this.#mmu.cpu.invlpg) this.#mmu.invlpg(value);
      else this.#mmu.cr3 = xen.mmu.cr3;
    }
    return answer;
  }

  #build(requests: number): void {
    const { memory, domain, registers } = this.machine;
    if (domain === undefined || registers.cr3 !== domain.pageDirectory) {
      throw new RefusedAction({ about: 'no-building' });
    }
    const all = requestCount(domain);
    if (requests > all) throw new RefusedAction({ about: 'requests', count: requests, all });
    for (const frame of builtFrames(domain)) this.#keep(frame * 4096);
    const directory = this.#original.get(domain.pageDirectory / 4096)!;
    replayBuild(memory, domain, requests, xenEntriesOf(directory));
    // Nothing runs while a domain is being built, so nothing of it is in any TLB.
    this.#mmu.cr3 = this.#mmu.cr3;
  }

  #access(action: Action & { readonly kind: 'access' }): Partial<Outcome> {
    const mmu = this.#mmu;
    const { linear, access, limited, value } = action;
    const cached = mmu.tlb.lookup(linear);
    const report = mmu.explain(linear, access);
    // The CPU may set A and D in these.
    for (const { entryAddress, source } of report.steps) {
      if (source === 'ram') this.#keep(entryAddress);
    }
    const isStore = value !== undefined && (access & ACCESS_WRITE_BIT) !== 0;
    const physical = limited
      ? mmu.translateLogical(guestSegment(access), Number(linear), access, isStore ? 4 : 1)
      : mmu.translate(linear, access);
    // A segment that refuses lets no walk begin; neither does an address that is not canonical.
    const walked = report.steps.filter(({ source }) => source === 'ram').length;
    if (physical === FAULT) return { ...this.#fault(), reads: mmu.faultVector === VECTOR_PF ? walked : 0 };
    // A cached entry that does not allow the access is no hit: the CPU walks again.
    const refilled = mmu.tlb.lookup(linear)?.fillNumber !== cached?.fillNumber;
    const hit = cached !== undefined && !refilled;
    const reads = hit ? 0 : walked;
    if (isStore) {
      this.#keep(physical);
      this.#keep(physical + 3);
      if (mmu.writeUint32(linear, value, access) === FAULT) return this.#fault();
      return { physical, hit, reads, value };
    }
    const inRam = physical % 4096 <= 4092 && isRamAt(this.machine.memory, physical, 4);
    const isRead = (access & (ACCESS_WRITE_BIT | ACCESS_FETCH_BIT)) === 0;
    return {
      physical,
      hit,
      reads,
      value: isRead && inRam ? this.machine.memory.readUint32(physical) : undefined,
    };
  }

  #sweep({ linear, access, pages }: Action & { readonly kind: 'sweep' }): Partial<Outcome> {
    if (pages > MAX_SWEEP) throw new RefusedAction({ about: 'sweep', pages, most: MAX_SWEEP });
    let hits = 0;
    let reads = 0;
    for (let i = 0; i < pages; i++) {
      const result = this.#access({
        kind: 'access',
        linear: moved(linear, i * 4096, this.#mmu.mode),
        access,
      });
      reads += result.reads ?? 0;
      if (result.fault !== undefined) return { ...result, reads };
      if (result.hit === true) hits++;
    }
    return { sweep: { hits, walks: pages - hits }, reads };
  }

  #copy({ from, to }: Action & { readonly kind: 'copy' }): Partial<Outcome> {
    let reads = 0;
    for (let at = 0; at < 4096; at += 4) {
      const read = this.#access({ kind: 'access', linear: moved(from, at, this.#mmu.mode), access: READ });
      reads += read.reads ?? 0;
      if (read.fault !== undefined) return { ...read, reads };
      const linear = moved(to, at, this.#mmu.mode);
      const written = this.#access({ kind: 'access', linear, access: WRITE, value: read.value ?? 0 });
      reads += written.reads ?? 0;
      if (written.fault !== undefined) return { ...written, reads };
    }
    return { reads };
  }

  #fault(): Partial<Outcome> {
    const { faultVector, faultCode, cr2 } = this.#mmu;
    return { fault: { vector: faultVector, code: faultCode, cr2 } };
  }

  #otherCpu(cpu: CpuModelName): Mmu {
    const old = this.#mmu;
    const { memory } = this.machine;
    const registers = registersFor(cpu, old.mode, cr3Address(old.cr3));
    const fresh = startMmu({ ...this.machine, memory, cpu, registers });
    // WP is what people compare CPUs by: keep it cleared where both have it.
    if (cpuFeatures(cpu).wp && old.cpu.wp && (old.cr0 & CR0_WP) === 0)
      fresh.cr0 = (fresh.cr0 & ~CR0_WP) >>> 0;
    return fresh;
  }

  #keep(physical: number): void {
    const frame = Math.floor(physical / 4096);
    const { memory } = this.machine;
    if (this.#original.has(frame) || !isRamAt(memory, frame * 4096, 4096)) return;
    this.#original.set(frame, memory.read(frame * 4096, 4096));
  }
}

/** Machines without Xen have the TLB of their CPU, with sets that overflow; Xen's the one that forgets nothing. */
function startMmu(machine: PageMachine): Mmu {
  const name = nameOf(machine);
  const modelled = machine.plain !== undefined && name !== undefined;
  return mmuOf(machine, modelled ? { tlb: TLB_GEOMETRIES[name] } : {});
}

function nameOf({ cpu }: PageMachine): CpuModelName | undefined {
  return typeof cpu === 'string' ? cpu : undefined;
}
