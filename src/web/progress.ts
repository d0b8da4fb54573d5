/** Which lessons were finished: remembered on this computer alone, and forgotten on demand. */

const KEY = 'x86-paging.done';

/** The toy counts as a lesson before the first. */
export const TOY_LESSON = 'toy';

/** Ids of the finished lessons. */
export function finishedLessons(): ReadonlySet<string> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(list) ? list.filter((id) => typeof id === 'string') : []);
  } catch {
    // A browser may refuse to store anything for a file.
    return new Set(fallback);
  }
}

/** For as long as the page is open, where nothing can be stored. */
let fallback: readonly string[] = [];

export function finishLesson(id: string): void {
  const all = [...new Set([...finishedLessons(), id])];
  fallback = all;
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // As above.
  }
}

export function forgetProgress(): void {
  fallback = [];
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
