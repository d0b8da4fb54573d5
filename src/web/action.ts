/** What can be done to a machine, who does it, and what it led to. */

import { ACCESS_USER_BIT, type Access, type CpuModelName } from '../arch/index.ts';
import type { UpdateAnswer } from '../xen/index.ts';
import type { Linear } from './linear.ts';
import type { Update } from './xen-below.ts';

/** The registers that a session can load. */
export type RegisterName = 'cr0' | 'cr3' | 'cr4' | 'efer';

/** Who does something. `you` stands outside the machine. */
export type Actor = 'xen' | 'kernel' | 'program' | 'you' | 'builder';

/** One thing that somebody did. Plain data, so that a list of them can be shared and done again. */
export type Action =
  /** The CPU accesses an address: A and D are set, the TLB is filled, or a fault is raised. */
  | {
      readonly kind: 'access';
      readonly linear: Linear;
      readonly access: Access;
      /** 4 bytes that a write puts there. Absent: memory is not changed but for A and D. */
      readonly value?: number;
      /** Through a segment that ends below Xen, as those of ring 1 and 3. */
      readonly limited?: true;
      /** Xen does it, not its guest's kernel. */
      readonly xen?: true;
    }
  /** Somebody, not this CPU, changes 4 bytes of RAM. */
  | { readonly kind: 'word'; readonly physical: number; readonly value: number }
  /** The same with one byte. */
  | { readonly kind: 'byte'; readonly physical: number; readonly value: number }
  /** A register is loaded. */
  | { readonly kind: 'register'; readonly name: RegisterName; readonly value: number }
  | { readonly kind: 'invlpg'; readonly linear: Linear }
  /** One access to each of so many pages, as a loop over an array makes them. */
  | { readonly kind: 'sweep'; readonly linear: Linear; readonly access: Access; readonly pages: number }
  /** The kernel copies a page, word by word. */
  | { readonly kind: 'copy'; readonly from: Linear; readonly to: Linear }
  /** The guest's kernel asks Xen to change entries of its tables: the hypercall mmu_update. */
  | { readonly kind: 'ask'; readonly updates: readonly Update[] }
  /** Building goes back or on, to after so many of the builder's requests. */
  | { readonly kind: 'built'; readonly requests: number }
  /** Another CPU takes the place of this one, with an empty TLB. */
  | { readonly kind: 'cpu'; readonly cpu: CpuModelName };

/** What an action led to. */
export interface Outcome {
  readonly action: Action;
  readonly who: Actor;
  /** The access found its translation in the TLB. */
  readonly hit: boolean;
  /** Entries of tables that the CPU read from memory for it, in all its walks. */
  readonly reads: number;
  /** Where an access went; undefined for a fault and for other actions. */
  readonly physical: number | undefined;
  /** The 4 bytes that were read or written, where the access moved any. */
  readonly value: number | undefined;
  readonly fault: { readonly vector: number; readonly code: number; readonly cr2: Linear } | undefined;
  /** TLB entries that were there before and are not now. */
  readonly dropped: number;
  /** How many accesses of a sweep found their translation in the TLB, and how many needed a walk. */
  readonly sweep: { readonly hits: number; readonly walks: number } | undefined;
  /** What Xen answered, where it was asked. */
  readonly answer: UpdateAnswer | undefined;
}

/** Who does an action. Registers and the TLB belong to ring 0: to Xen, where there is one. */
export function actorOf(action: Action, hasXen: boolean): Actor {
  switch (action.kind) {
    case 'access':
      return (action.access & ACCESS_USER_BIT) !== 0 ? 'program' : action.xen === true ? 'xen' : 'kernel';
    case 'sweep':
      return (action.access & ACCESS_USER_BIT) !== 0 ? 'program' : 'kernel';
    case 'copy':
    case 'ask':
      return 'kernel';
    case 'register':
    case 'invlpg':
      return hasXen ? 'xen' : 'kernel';
    case 'built':
      return 'xen';
    case 'word':
    case 'byte':
    case 'cpu':
      return 'you';
  }
}
