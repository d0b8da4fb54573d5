/** What the builder asks of Xen, one request after the other, in words for people. */

import { formatAddress } from '../arch/index.ts';
import type { Domain } from '../builder/index.ts';

/** One request: a pair of numbers and what it means. */
export interface Request {
  readonly pointer: number;
  readonly value: number;
  readonly kind: 'pin' | 'pde' | 'pte' | 'm2p';
  /** The page of the domain that it is about. */
  readonly page: number;
}

/** The requests of a domain, in the order in which they are sent. */
export function requestsOf({ updates, pageDirectory, pageCount }: Domain): Request[] {
  const requests: Request[] = [];
  let page = 0;
  for (let i = 0; i + 1 < updates.length; i += 2) {
    const pointer = updates[i]!;
    const value = updates[i + 1]!;
    if (i === 0) {
      requests.push({ pointer, value, kind: 'pin', page: pageCount - 1 });
    } else if ((pointer & 3) === 2) {
      requests.push({ pointer, value, kind: 'm2p', page });
      page++;
    } else {
      const isDirectory = Math.floor(pointer / 4096) === Math.floor(pageDirectory / 4096);
      requests.push({ pointer, value, kind: isDirectory ? 'pde' : 'pte', page });
    }
  }
  return requests;
}

/** The two numbers, as they are sent. */
export function requestNumbers({ pointer, value }: Request): string {
  return `(${formatAddress(pointer)}, ${formatAddress(value)})`;
}
