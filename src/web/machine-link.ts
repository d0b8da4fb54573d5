/** A small machine out of a link, and the counterexample that it may hold. */

import {
  CounterexampleError,
  hasCounterexample,
  MAX_LINK_CHARACTERS,
  machineOfLink,
  type Replay,
  replayCounterexample,
} from '../counterexample/index.ts';
import { type Machine, mmuOf } from '../machine/index.ts';
import { said } from '../said/said.ts';
import type { PageMachine } from './page-machine.ts';
import type { Session } from './session.ts';
import type { View } from './view-state.ts';

/**
 * The machine that a link holds.
 * @throws Error that says why it holds none, in words for whoever opened it.
 */
export function machineOfText(text: string): PageMachine {
  if (!/^[\w-]+$/.test(text)) throw new CounterexampleError(said`it is not in base64url`);
  if (text.length > MAX_LINK_CHARACTERS) {
    throw new CounterexampleError(
      said`it has ${text.length} characters; at most ${MAX_LINK_CHARACTERS} are read`,
    );
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const machine = machineOfLink(Uint8Array.from(binary, (unit) => unit.charCodeAt(0)));
  // A CPU that refuses the state is told now, and not by the page that would show it.
  mmuOf(machine);
  return { ...machine, link: text };
}

/** Where to look at a machine first: at the access of its counterexample, where it has one. */
export function firstView(machine: Machine): Pick<View, 'linear' | 'access'> | undefined {
  const access = replayOf(machine, machine)?.access;
  return access && { linear: access.linear, access: access.kind };
}

/** The counterexample of a session's machine, judged as the machine is now; undefined where it holds none. */
export function counterexampleNow({ machine, mmu }: Session): Replay | undefined {
  return replayOf(machine, mmu);
}

function replayOf(saved: Machine, on: Parameters<typeof replayCounterexample>[1]): Replay | undefined {
  if (!hasCounterexample(saved)) return undefined;
  try {
    return replayCounterexample(saved, on);
  } catch (error) {
    if (error instanceof CounterexampleError) return undefined;
    throw error;
  }
}
