import { formatAddress } from '../../../arch/index.ts';
import { inEnglish, type Said } from '../../../said/said.ts';
import type { Problem, Told } from '../../problem.ts';

type About<A extends Problem['about']> = Extract<Problem, { readonly about: A }>;
/** How each problem is put into words, by what it is about. */
type Sayings = {
  readonly [A in Exclude<Problem['about'], 'error' | 'machine'>]: (problem: About<A>) => string;
};

/** What is wrong with a link, an action, a file. */
export const PROBLEMS = {
  of: {
    part: ({ part, text }) => `${part}=${text} means nothing here`,
    choice: ({ part, text, choices }) => `${part}=${text} is none of ${choices.join(', ')}`,
    number: ({ part, text, most, radix }) =>
      `${part}=${text} is not a number from 0 to ${most.toString(radix)}`,
    address: ({ part, text, digits }) => `${part}=${text} is no address of ${digits} hexadecimal digits`,
    access: ({ part, text }) => `${part}=${text} is no kind of access: 0 to 2 and 4 to 6 are`,
    form: ({ part, text, forms }) => `${part}=${text} is no form: ${forms.join(' or ')}, a dot, and a number`,
    lesson: ({ part, text }) => `${part}=${text} is no lesson`,
    step: ({ part, text, most }) => `${part}=${text} has no such step: the last is ${most}`,
    actions: ({ count, most }) => `do: ${count} actions are more than ${most}`,
    action: ({ text }) => `do: '${text}' is no action; it and what follows are left out`,
    full: ({ most }) => `${most} actions are as many as a link can hold; start over`,
    ram: ({ physical, bytes, end }) =>
      `there is no RAM at ${formatAddress(physical)} for ${bytes === 1 ? 'a byte' : `${bytes} bytes`} (memory ends at ${formatAddress(end)})`,
    width: ({ name, value, bits }) =>
      `${name.toUpperCase()} takes ${bits} bits, and 0x${value.toString(16)} has more`,
    sweep: ({ pages, most }) => `${pages} pages in one loop; at most ${most}`,
    'no-xen': () => 'there is no Xen below this machine that could be asked',
    played: () => 'the building was played back; start over, then ask',
    'no-building': () => 'only a domain with its own tables can be built again',
    requests: ({ count, all }) => `${count} requests: building takes 0 to ${all}`,
  } as Sayings,
  /** A part of a link that was to hold a machine. */
  machine: (part: string, text: string, why: string) => `${part}=${text} holds no machine: ${why}`,
  /** An error of the library; undefined where nothing is known of it. */
  library: (message: Said): Told | undefined => ({ text: inEnglish(message) }),
  /** A phrase of a drawing that the library makes. */
  picture: (phrase: Said): string => inEnglish(phrase),
  /** An error that nobody foresaw. */
  unforeseen: (message: string): Told => ({ text: message }),
};
