/** The lists that callers give to `translateMany` and `translateEach`. */

import { overlap } from '../memory/overlap.ts';

/** Linear addresses: of 32 bits, or of 64. */
export type LinearList = Uint32Array | Int32Array | BigUint64Array | BigInt64Array;

/** Physical addresses. `Uint32Array` holds those below 4 GiB, `Float64Array` all. */
export type PhysicalList = Uint32Array | Float64Array;

type List = LinearList | PhysicalList | Uint8Array;

/**
 * Checks a list of results: each must find its place, and none may overwrite an address that is still to be read.
 * A list that holds its own results, the very same elements, is fine: each address is read before it is overwritten.
 * @throws RangeError naming the list.
 */
export function checkResults(name: string, results: PhysicalList | Uint8Array, linear: LinearList): void {
  if (results.length < linear.length) {
    throw new RangeError(
      `${name} has room for ${results.length} results, too few for ${linear.length} addresses`,
    );
  }
  const inPlace =
    results.byteOffset === linear.byteOffset && results.BYTES_PER_ELEMENT === linear.BYTES_PER_ELEMENT;
  if (overlap(results, linear) && !inPlace) throw overlapError(name, 'linear');
}

/** Checks that two lists of results do not overwrite each other. @throws RangeError naming both. */
export function checkApart(name: string, list: List, otherName: string, other: List): void {
  if (overlap(list, other)) throw overlapError(name, otherName);
}

function overlapError(name: string, otherName: string): RangeError {
  return new RangeError(
    `${name} and ${otherName} overlap in memory: results would overwrite what is still to be read; give each its own`,
  );
}

/** Whether a list has addresses of 64 bits. */
export function isWideList(list: LinearList): list is BigUint64Array | BigInt64Array {
  return list.BYTES_PER_ELEMENT === 8;
}

/** The unsigned views of signed lists, and the halves of wide ones, so that a list used again costs nothing. */
const unsignedViews = new WeakMap<Int32Array, Uint32Array>();
const halvesViews = new WeakMap<BigUint64Array | BigInt64Array, Int32Array>();

/** The same list unsigned: the inner loop is compiled for one kind of array, and is slower with two. */
export function unsignedView(list: Int32Array): Uint32Array {
  let view = unsignedViews.get(list);
  // A resizable buffer may have grown or shrunk since.
  if (view === undefined || view.length !== list.length) {
    view = new Uint32Array(list.buffer, list.byteOffset, list.length);
    unsignedViews.set(list, view);
  }
  return view;
}

/** The same list as low and high halves in turn. */
export function halvesView(list: BigUint64Array | BigInt64Array): Int32Array {
  let view = halvesViews.get(list);
  if (view === undefined || view.length !== 2 * list.length) {
    view = new Int32Array(list.buffer, list.byteOffset, 2 * list.length);
    halvesViews.set(list, view);
  }
  return view;
}
