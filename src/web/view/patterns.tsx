import type { JSX } from 'preact';
import { ROLES } from '../page-machine.ts';

/** What is drawn on a tile of eight by eight, so that roles differ without their colours. */
const MARKS: Readonly<Record<string, string>> = {
  kernel: 'M-2 2 2-2M0 8 8 0M6 10 10 6',
  initrd: 'M4 3.2v1.6',
  program: 'M0 6 4 2 8 6',
  start_info: 'M0 4h8',
  table: 'M0 .5h8M.5 0v8',
  directory: 'M0 .5h8M.5 0v8M0 4.5h8M4.5 0v8',
  shared_info: 'M0 2h3M4 6h3',
  xen: 'M0 0 8 8M8 0 0 8',
};

/** The patterns of all roles, once in the page; fill with `url(#role-…)`. */
export function Patterns(): JSX.Element {
  return (
    <svg id="patterns" class="unseen" aria-hidden="true" width="0" height="0">
      <defs>
        {ROLES.map((role) => (
          <pattern key={role} id={`role-${role}`} width="8" height="8" patternUnits="userSpaceOnUse">
            <rect width="8" height="8" class={`fill-${role}`} />
            {MARKS[role] !== undefined && <path d={MARKS[role]} class="role-mark" />}
          </pattern>
        ))}
      </defs>
    </svg>
  );
}
