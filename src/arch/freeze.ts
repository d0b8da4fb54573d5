/** Freezes a table of the architecture, with everything in it, and returns it. */
export function frozen<T>(table: T): T {
  if (typeof table === 'object' && table !== null && !Object.isFrozen(table)) {
    Object.freeze(table);
    for (const part of Object.values(table)) frozen(part);
  }
  return table;
}
