import type { GuestAccess, GuestResult } from './guest.ts';
import type { Answer, UpdateAnswer, Xen } from './hypervisor.ts';

/** Calls and accesses as plain data: what a scenario is made of, what an attack is, and what may be written down. */

/** A call of a domain to Xen. */
export type XenCall =
  | (Hypercall<'mmuUpdate'> & {
      /** Pairs of pointer and value. */
      readonly updates: readonly (readonly [pointer: number, value: number])[];
      /** How many of them can be read. Default all. */
      readonly readable?: number;
    })
  | (Hypercall<'updateVaMapping'> & {
      /** Linear address / 4096. */
      readonly page: number;
      /** The new entry. */
      readonly value: number;
      /** 1 flush all, 2 flush the page. */
      readonly flags: number;
    })
  | (Hypercall<'setBase'> & {
      /** The domain that gets the directory. */
      readonly target: number;
      /** Machine address. */
      readonly directory: number;
    })
  | Hypercall<'switchTo'>
  | (Hypercall<'ldtFault'> & {
      /** Of the LDT, from 0. */
      readonly page: number;
    })
  | (Hypercall<'setGdt'> & {
      /** Its pages. */
      readonly frames: readonly number[];
      /** How many descriptors it has. */
      readonly entries: number;
    })
  | (Hypercall<'updateDescriptor'> & {
      /** Machine address of the descriptor. */
      readonly address: number;
      /** The new descriptor. */
      readonly words: readonly [low: number, high: number];
    })
  | (Hypercall<'decreaseReservation'> & {
      /** Those that are given back. */
      readonly frames: readonly number[];
    });

/** A call of a domain. */
export interface Hypercall<Name extends string> {
  /** Which: a method of {@link Xen}. */
  readonly call: Name;
  /** Number of the domain that calls; of `switchTo`, the one that is to run. */
  readonly domain: number;
}

/** An access of the domain that runs. */
export interface XenAccess extends GuestAccess {
  /** Tells it from a call. */
  readonly call: 'access';
}

/** One step: a call, or an access. */
export type XenStep = XenCall | XenAccess;

/** What came of a step. */
export type XenOutcome =
  | {
      /** Of a call. */
      readonly kind: 'answer';
      /** What Xen answered. */
      readonly answer: Answer | UpdateAnswer;
    }
  | {
      /** Of an access. */
      readonly kind: 'access';
      /** What came of it. */
      readonly access: GuestResult;
    };

/** Makes one step. @throws RangeError for a domain that does not exist, or an address that cannot be accessed. */
export function perform(xen: Xen, step: XenStep): XenOutcome {
  return step.call === 'access'
    ? { kind: 'access', access: xen.access(step) }
    : { kind: 'answer', answer: makeCall(xen, step) };
}

function makeCall(xen: Xen, step: XenCall): Answer | UpdateAnswer {
  const { domain } = step;
  switch (step.call) {
    case 'mmuUpdate':
      return xen.mmuUpdate(domain, Uint32Array.from(step.updates.flat()), step.readable);
    case 'updateVaMapping':
      return xen.updateVaMapping(domain, step.page, step.value, step.flags);
    case 'setBase':
      return xen.setBase(domain, step.target, step.directory);
    case 'switchTo':
      xen.switchTo(domain);
      return { result: 0 };
    case 'ldtFault':
      return xen.ldtFault(domain, step.page);
    case 'setGdt':
      return xen.setGdt(domain, step.frames, step.entries);
    case 'updateDescriptor':
      return xen.updateDescriptor(domain, step.address, step.words);
    case 'decreaseReservation':
      return xen.decreaseReservation(domain, step.frames);
  }
}
