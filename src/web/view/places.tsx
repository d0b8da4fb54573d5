import type { JSX } from 'preact';
import { areasOf, linearAt } from '../areas.ts';
import type { Linear } from '../linear.ts';
import type { Page } from '../page.ts';
import { regionName } from '../roles.ts';
import { TEXT } from '../words/index.ts';

/** Xen's code, in its direct map of machine memory: physical 1 MiB. */
const XEN_IMAGE = 0xfc50_0000;
/** Where programs of Linux began in 2004: nothing is mapped there yet. */
const NOWHERE = 0x0804_8000;

/** Addresses worth a look. */
export function Places({ page }: { readonly page: Page }): JSX.Element {
  const places = placesOf(page);
  // It stays where one has gone, so that the arrow keys go from place to place.
  const here = places.findIndex(({ start }) => start === page.view.linear);
  return (
    <select
      class="places"
      data-places
      aria-label={TEXT.work.places}
      value={here < 0 ? '' : here}
      onChange={(event) => {
        const place = places[Number(event.currentTarget.value)];
        if (place !== undefined) page.look({ linear: place.start });
      }}
    >
      <option value="">{TEXT.work.places}</option>
      {places.map(({ name, start }, i) => (
        <option key={String(start)} value={i}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface Place {
  readonly name: string;
  readonly start: Linear;
}

function placesOf({ session }: Page): Place[] {
  const { machine, mmu } = session;
  const nowhere = { name: TEXT.work.nowhere, start: NOWHERE };
  const { domain } = machine;
  if (domain === undefined) {
    const parts = areasOf(machine, mmu.mode).flatMap(({ parts }) => parts);
    return parts
      .filter(({ role }) => role !== 'hole')
      .map(({ name, start }) => ({ name: regionName(name), start: linearAt(start, mmu.mode) }));
  }
  const guest = domain.layout.filter(({ firstPage }) => firstPage !== undefined);
  // Of Xen's many parts two say all that there is to say: the table that guests may read, and the rest.
  const xen = domain.layout.filter(({ firstPage }) => firstPage === undefined).slice(0, 2);
  return [
    nowhere,
    ...guest.map(({ name, start }) => ({ name: regionName(name), start })),
    ...xen.map(({ start }, i) => ({
      name: TEXT.work.xenPlaces[i] ?? '',
      start: i === 0 ? start : XEN_IMAGE,
    })),
  ];
}
