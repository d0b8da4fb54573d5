/**
 * Standing between an object and those who use it, without their knowledge: its methods are covered by properties of the
 * object itself, and uncovered again. Classes and other objects are as they were, so that their calls cost nothing more.
 */

/** Uncovers what was covered. */
export type Release = () => void;

/** Covers a method, if the object has it. @param around - Called in its place; `call` is the method as it was. */
export function coverMethod(
  target: object,
  name: string,
  around: (call: (...args: unknown[]) => unknown, args: unknown[]) => unknown,
): Release {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== 'function') return () => {};
  const own = Object.getOwnPropertyDescriptor(target, name);
  const call = (...args: unknown[]): unknown => Reflect.apply(method, target, args);
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
    value: (...args: unknown[]) => around(call, args),
  });
  return () => uncover(target, name, own);
}

/** Covers the writing of a property that is an accessor of the object's class. */
export function coverSetter(
  target: object,
  name: string,
  around: (set: (value: unknown) => void, value: unknown) => void,
): Release {
  const own = Object.getOwnPropertyDescriptor(target, name);
  let holder: object | null = target;
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder) as object;
  const accessor = holder === null ? undefined : Object.getOwnPropertyDescriptor(holder, name);
  if (accessor?.get === undefined || accessor.set === undefined) return () => {};
  const { get, set } = accessor;
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get: () => Reflect.apply(get, target, []),
    set: (value: unknown) => around((given) => Reflect.apply(set, target, [given]), value),
  });
  return () => uncover(target, name, own);
}

function uncover(target: object, name: string, own: PropertyDescriptor | undefined): void {
  if (own === undefined) Reflect.deleteProperty(target, name);
  else Object.defineProperty(target, name, own);
}
