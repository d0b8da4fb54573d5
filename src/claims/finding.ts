/** What breaks a claim, before it is put into words. */

import type { Access } from '../arch/access.ts';
import type { MemoryType } from '../arch/memory-type.ts';
import type { Said, SaidValue } from '../said/said.ts';

/** What should be in place of what is. */
export type Wanted =
  | { readonly kind: 'leads to'; readonly physical: number }
  | { readonly kind: 'granted' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'not mapped' }
  | { readonly kind: 'global'; readonly value: boolean }
  | { readonly kind: 'page size'; readonly bytes: number }
  | { readonly kind: 'cache type'; readonly type: MemoryType }
  | { readonly kind: 'protection key'; readonly key: number };

/** A page of which a claim does not hold, and the access that shows it. */
export interface PageFinding {
  /** The page, by number of the 64-bit address / 4096. */
  readonly page: number;
  readonly access: Access;
  readonly wanted: Wanted;
  /** What lies there, as the claim says. */
  readonly what: SaidValue | undefined;
}

/** Something else that breaks a claim, in words. */
export interface WordFinding {
  /** What is looked at. */
  readonly subject: SaidValue;
  readonly expected: Said;
  readonly found: Said;
  readonly page?: number;
  readonly mend?: Said;
}

export type Finding = PageFinding | WordFinding;
