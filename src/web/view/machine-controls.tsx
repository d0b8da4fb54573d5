import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CPU_MODELS, type CpuModelName } from '../../index.ts';
import type { Page } from '../page.ts';
import {
  cpusFor,
  DEFAULT_SCENARIO,
  DOMAIN_MEGABYTES,
  type Scenario,
  type TableFormat,
  usualCpu,
} from '../scenario.ts';
import { TEXT } from '../text.en.ts';

const SWITCHES = [
  ['wp', 'cr0', 0x1_0000],
  ['pse', 'cr4', 0x10],
  ['pge', 'cr4', 0x80],
] as const;

/** The CPU and the switches that govern paging. */
export function MachineControls({ page }: { readonly page: Page }): JSX.Element {
  const { session } = page;
  const { mmu, machine } = session;
  return (
    <div class="machine">
      <label class="select">
        <span>{TEXT.machine.cpu}</span>
        <select
          value={session.cpu}
          onChange={(event) => page.act({ kind: 'cpu', cpu: event.currentTarget.value as CpuModelName })}
        >
          {cpusFor(machine.format).map((name) => (
            <option key={name} value={name}>
              {TEXT.machine.cpuYear(name, CPU_MODELS[name].year)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="switches">
        <legend>{TEXT.machine.registers}</legend>
        {SWITCHES.map(([name, register, mask]) => {
          const there = mmu.cpu[name] === true;
          const on = there && (mmu[register] & mask) !== 0;
          return (
            <label key={name} class="switch" title={there ? '' : TEXT.machine.absent(session.cpu)}>
              <input
                type="checkbox"
                checked={on}
                disabled={!there}
                data-switch={name}
                onChange={() =>
                  page.act({ kind: 'register', name: register, value: (mmu[register] ^ mask) >>> 0 })
                }
              />
              <span>
                <b class="mono">{TEXT.machine[name]}</b>{' '}
                <span class="dim">
                  {there ? TEXT.machine[`${name}Hint`] : TEXT.machine.absent(session.cpu)}
                </span>
              </span>
            </label>
          );
        })}
        {machine.format === '32-bit' && (
          <label class="switch">
            <input
              type="checkbox"
              data-switch="limit"
              checked={page.view.limit}
              onChange={() => page.look({ limit: !page.view.limit })}
            />
            <span>
              <b>{TEXT.machine.limit}</b> <span class="dim">{TEXT.machine.limitHint}</span>
            </span>
          </label>
        )}
      </fieldset>
      <ScenarioForm page={page} />
    </div>
  );
}

/** Another machine: size, layout, order of frames, format of the tables. */
function ScenarioForm({ page }: { readonly page: Page }): JSX.Element {
  const current = page.session.scenario ?? DEFAULT_SCENARIO;
  const [scenario, set] = useState<Scenario>(current);
  useEffect(() => set(current), [current]);
  const change = (next: Partial<Scenario>): void => set({ ...scenario, ...next });
  return (
    <details class="scenario">
      <summary>{TEXT.machine.scenario}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          page.start(scenario, { lesson: undefined });
        }}
      >
        <label class="select">
          <span>{TEXT.machine.format}</span>
          <select
            value={scenario.format}
            onChange={(event) => {
              const format = event.currentTarget.value as TableFormat;
              change({ format, cpu: usualCpu(format) });
            }}
          >
            {Object.entries(TEXT.machine.formats).map(([format, name]) => (
              <option key={format} value={format}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span>{TEXT.machine.size}</span>
          <select
            value={scenario.megabytes}
            onChange={(event) => change({ megabytes: Number(event.currentTarget.value) })}
          >
            {DOMAIN_MEGABYTES.map((size) => (
              <option key={size} value={size}>
                {size} MiB
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span>{TEXT.machine.profile}</span>
          <select
            value={scenario.profile}
            onChange={(event) => change({ profile: event.currentTarget.value as Scenario['profile'] })}
          >
            {Object.entries(TEXT.machine.profiles).map(([profile, name]) => (
              <option key={profile} value={profile}>
                {profile}, {name}
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span>{TEXT.machine.frames}</span>
          <input
            type="number"
            min={0}
            max={0xffff_ffff}
            value={scenario.seed}
            onInput={(event) => change({ seed: Math.trunc(Number(event.currentTarget.value)) || 0 })}
          />
        </label>
        <button type="submit">{TEXT.machine.build}</button>
      </form>
    </details>
  );
}
