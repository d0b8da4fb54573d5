import type { JSX } from 'preact';
import type { Page } from '../page.ts';
import { roleOfRegion } from '../roles.ts';
import { TEXT } from '../words/index.ts';

/** Xen's code, in its direct map of machine memory: physical 1 MiB. */
const XEN_IMAGE = 0xfc50_0000;
/** Where programs of Linux began in 2004: nothing is mapped there yet. */
const NOWHERE = 0x0804_8000;

/** Addresses worth a look. */
export function Places({ page }: { readonly page: Page }): JSX.Element | null {
  const { domain } = page.session.machine;
  if (domain === undefined) return null;
  const guest = domain.layout.filter(({ firstPage }) => firstPage !== undefined);
  // Of Xen's many parts two say all that there is to say: the table that guests may read, and the rest.
  const xen = domain.layout.filter(({ firstPage }) => firstPage === undefined).slice(0, 2);
  const places = [
    { name: TEXT.work.nowhere, start: NOWHERE },
    ...guest.map(({ name, start }) => ({ name: TEXT.roles[roleOfRegion(name)], start })),
    ...xen.map(({ start }, i) => ({
      name: TEXT.work.xenPlaces[i] ?? '',
      start: i === 0 ? start : XEN_IMAGE,
    })),
  ];
  return (
    <select
      class="places"
      data-places
      aria-label={TEXT.work.places}
      value=""
      onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = '';
        if (value !== '') page.look({ linear: Number(value) });
      }}
    >
      <option value="">{TEXT.work.places}</option>
      {places.map(({ name, start }) => (
        <option key={start} value={start}>
          {name}
        </option>
      ))}
    </select>
  );
}
