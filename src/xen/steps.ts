import type { GuestAccess, GuestResult } from './guest.ts';
import type { Answer, UpdateAnswer, Xen } from './hypervisor.ts';

/** Calls and accesses as plain data: what a scenario is made of, what an attack is, and what may be written down. */

/** A call of a domain to Xen. */
export type XenCall =
  | {
      readonly call: 'mmuUpdate';
      readonly domain: number;
      /** Pairs of pointer and value. */
      readonly updates: readonly (readonly [pointer: number, value: number])[];
      /** How many of them can be read. Default all. */
      readonly readable?: number;
    }
  | {
      readonly call: 'updateVaMapping';
      readonly domain: number;
      /** Linear address / 4096. */
      readonly page: number;
      readonly value: number;
      /** 1 flush all, 2 flush the page. */
      readonly flags: number;
    }
  | {
      readonly call: 'setBase';
      readonly domain: number;
      /** The domain that gets the directory. */
      readonly target: number;
      /** Machine address. */
      readonly directory: number;
    }
  | { readonly call: 'switchTo'; readonly domain: number }
  | { readonly call: 'ldtFault'; readonly domain: number; readonly page: number }
  | {
      readonly call: 'setGdt';
      readonly domain: number;
      readonly frames: readonly number[];
      readonly entries: number;
    }
  | {
      readonly call: 'updateDescriptor';
      readonly domain: number;
      readonly address: number;
      readonly words: readonly [low: number, high: number];
    }
  | { readonly call: 'decreaseReservation'; readonly domain: number; readonly frames: readonly number[] };

/** An access of the domain that runs. */
export type XenAccess = { readonly call: 'access' } & GuestAccess;

/** One step: a call, or an access. */
export type XenStep = XenCall | XenAccess;

/** What came of a step. */
export type XenOutcome =
  | { readonly kind: 'answer'; readonly answer: Answer | UpdateAnswer }
  | { readonly kind: 'access'; readonly access: GuestResult };

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
