/** What is to be done once a command has ended, however it ended: last things first. */
const pending: (() => void)[] = [];

/** Has something done at the end of the running command. */
export function atEnd(work: () => void): void {
  pending.push(work);
}

/** Does it all, also where something fails. @throws what failed first. */
export function doAtEnd(): void {
  const failures: unknown[] = [];
  for (let work = pending.pop(); work !== undefined; work = pending.pop()) {
    try {
      work();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
