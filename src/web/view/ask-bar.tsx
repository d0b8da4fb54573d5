import type { JSX } from 'preact';
import { ACCESS_USER_BIT, ACCESS_WRITE_BIT, type Access } from '../../arch/index.ts';
import type { Page } from '../page.ts';
import type { Actor } from '../session.ts';
import { TEXT } from '../words/index.ts';
import { AddressField } from './address-field.tsx';
import { askedAction } from './ask.ts';
import { Choice } from './choice.tsx';
import { Places } from './places.tsx';
import { ValueField } from './value-field.tsx';

type Asker = Extract<Actor, 'xen' | 'kernel' | 'program'>;

/** Who does what at which address: one line, and the button that does it. */
export function AskBar({ page }: { readonly page: Page }): JSX.Element {
  const { view, session } = page;
  const kind = view.access & 3;
  const user = view.access & ACCESS_USER_BIT;
  const who: Asker = user !== 0 ? 'program' : view.xen && session.hasXen ? 'xen' : 'kernel';
  const askers: readonly Asker[] = session.hasXen ? ['xen', 'kernel', 'program'] : ['kernel', 'program'];
  const words = TEXT.work;
  return (
    <section class="ask" data-region tabIndex={-1} aria-label={words.who}>
      <Choice
        label={words.who}
        name="who"
        options={askers.map((asker) => [
          asker,
          words.actors[asker],
          words.ring({ xen: 0, kernel: session.hasXen ? 1 : 0, program: 3 }[asker]),
        ])}
        value={who}
        onChoose={(chosen) =>
          page.look({
            xen: chosen === 'xen',
            access: (kind | (chosen === 'program' ? ACCESS_USER_BIT : 0)) as Access,
          })
        }
      />
      <Choice
        label={words.what}
        name="what"
        options={words.kinds.map((name, i) => [i, name] as const)}
        value={kind}
        onChoose={(value) => page.look({ access: (value | user) as Access })}
      />
      <AddressField page={page} />
      {(kind & ACCESS_WRITE_BIT) !== 0 && <ValueField page={page} />}
      <button
        type="button"
        class="primary do"
        data-do="access"
        title={words.doHint}
        onClick={() => page.act(askedAction(view))}
      >
        {words.do}
      </button>
      <Places page={page} />
    </section>
  );
}
