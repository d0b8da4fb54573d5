/** What is wrong with a link, an action or a file, as data: `told.ts` says it in the language of the page. */

import type { RegisterName } from './action.ts';

/** What is wrong with one part of a link; the rest of it counts all the same. */
export type LinkProblem =
  /** Nothing of that name is known, or it makes no sense beside the others. */
  | { readonly about: 'part'; readonly part: string; readonly text: string }
  | {
      readonly about: 'choice';
      readonly part: string;
      readonly text: string;
      readonly choices: readonly string[];
    }
  /** Not a number in the digits of `radix`, from 0 to `most`. */
  | {
      readonly about: 'number';
      readonly part: string;
      readonly text: string;
      readonly most: number;
      readonly radix: 10 | 16;
    }
  | { readonly about: 'address'; readonly part: string; readonly text: string; readonly digits: number }
  | { readonly about: 'access'; readonly part: string; readonly text: string }
  | {
      readonly about: 'form';
      readonly part: string;
      readonly text: string;
      readonly forms: readonly string[];
    }
  | { readonly about: 'lesson'; readonly part: string; readonly text: string }
  | { readonly about: 'step'; readonly part: string; readonly text: string; readonly most: number }
  /** It holds no machine, for a reason that whoever read it gives. */
  | { readonly about: 'machine'; readonly part: string; readonly text: string; readonly error: unknown }
  | { readonly about: 'actions'; readonly count: number; readonly most: number }
  | { readonly about: 'action'; readonly text: string };

/** Why an action was refused; nothing has changed. */
export type Refusal =
  /** The session holds as many as a link can. */
  | { readonly about: 'full'; readonly most: number }
  /** Not all of these bytes are RAM. */
  | {
      readonly about: 'ram';
      readonly physical: number;
      readonly bytes: number;
      /** Where memory ends. */
      readonly end: number;
    }
  /** A register takes no value of so many bits. */
  | { readonly about: 'width'; readonly name: RegisterName; readonly value: number; readonly bits: number }
  | { readonly about: 'sweep'; readonly pages: number; readonly most: number }
  | { readonly about: 'no-xen' }
  /** Xen cannot be asked once the building was played back. */
  | { readonly about: 'played' }
  /** Only a domain with its own tables can be built again. */
  | { readonly about: 'no-building' }
  | { readonly about: 'requests'; readonly count: number; readonly all: number }
  /** What the library throws: the CPU's #GP and #UD, or something that nobody foresaw. */
  | { readonly about: 'error'; readonly error: unknown };

export type Problem = LinkProblem | Refusal;

/** Something said to the reader. */
export interface Told {
  readonly text: string;
  /** What only a program could say of it, in English; undefined: all is in the text. */
  readonly technical?: string | undefined;
}
