import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  CPU_MODELS,
  type CpuFeatures,
  type CpuModelName,
  CR0_WP,
  CR4_PGE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_NXE,
  type PagingMode,
} from '../../arch/index.ts';
import type { Linear } from '../linear.ts';
import type { Page } from '../page.ts';
import { DATA } from '../plain-machine.ts';
import {
  cpusFor,
  DEFAULT_SCENARIO,
  DOMAIN_MEGABYTES,
  type Scenario,
  type Setting,
  TABLE_FORMATS,
  type TableFormat,
  usualCpu,
} from '../scenario.ts';
import type { RegisterName } from '../session.ts';
import { DEFAULT_VIEW } from '../view-state.ts';
import { TEXT } from '../words/index.ts';

interface Switch {
  readonly name: 'wp' | 'pse' | 'pge' | 'nx' | 'smep' | 'smap';
  readonly register: RegisterName;
  readonly mask: number;
  /** Where it means nothing. */
  readonly not?: (mode: PagingMode) => boolean;
}

const SWITCHES: readonly Switch[] = [
  { name: 'wp', register: 'cr0', mask: CR0_WP },
  { name: 'pse', register: 'cr4', mask: CR4_PSE, not: (mode) => mode !== '32-bit' },
  { name: 'pge', register: 'cr4', mask: CR4_PGE },
  { name: 'nx', register: 'efer', mask: EFER_NXE, not: (mode) => mode === '32-bit' },
  { name: 'smep', register: 'cr4', mask: CR4_SMEP },
  { name: 'smap', register: 'cr4', mask: CR4_SMAP },
];

/** The CPU, the switches that govern paging, and another machine. */
export function MachinePanel({ page }: { readonly page: Page }): JSX.Element {
  const { session } = page;
  const { mmu, hasXen } = session;
  return (
    <div class="machine">
      <label class="select">
        <span>{TEXT.machine.cpu}</span>
        <select
          data-cpu
          value={session.cpu}
          onChange={(event) => page.act({ kind: 'cpu', cpu: event.currentTarget.value as CpuModelName })}
        >
          {cpusFor(mmu.mode).map((name) => (
            <option key={name} value={name}>
              {TEXT.machine.cpuYear(name, CPU_MODELS[name].year)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="switches">
        <legend>{TEXT.machine.registers}</legend>
        {SWITCHES.filter(({ name, not }) => not?.(mmu.mode) !== true && isShown(mmu.cpu, name)).map(
          ({ name, register, mask }) => (
            <SwitchBox
              key={name}
              name={name}
              there={hasFeature(mmu.cpu, name)}
              cpu={session.cpu ?? mmu.cpu.name ?? ''}
              on={hasFeature(mmu.cpu, name) && (readable(page, register) & mask) !== 0}
              onChange={() =>
                page.act({ kind: 'register', name: register, value: (readable(page, register) ^ mask) >>> 0 })
              }
            />
          ),
        )}
        {hasXen && (
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

/** What a CPU lacks is shown where it once was news: WP, PSE and PGE. */
function isShown(cpu: CpuFeatures, name: Switch['name']): boolean {
  return name === 'wp' || name === 'pse' || name === 'pge' || hasFeature(cpu, name);
}

function hasFeature(cpu: CpuFeatures, name: Switch['name']): boolean {
  return cpu[name] === true;
}

/** A register; 0 where the CPU has none of that name. */
function readable({ session }: Page, register: RegisterName): number {
  return register === 'cr4' && session.mmu.cpu.cr4 !== true ? 0 : Number(session.mmu[register]);
}

interface SwitchBoxProps {
  readonly name: Switch['name'];
  readonly there: boolean;
  readonly on: boolean;
  readonly cpu: string;
  onChange(): void;
}

function SwitchBox({ name, there, on, cpu, onChange }: SwitchBoxProps): JSX.Element {
  const words = TEXT.machine;
  const hint = there ? words.hints[name] : words.absent(cpu);
  return (
    <label class="switch">
      <input type="checkbox" checked={on} disabled={!there} data-switch={name} onChange={onChange} />
      <span>
        <b class="mono">{words.switches[name]}</b> <span class="dim">{hint}</span>
      </span>
    </label>
  );
}

/** Another machine: size, layout, order of frames, format of the tables. */
function ScenarioForm({ page }: { readonly page: Page }): JSX.Element {
  const current = page.session.scenario ?? DEFAULT_SCENARIO;
  const [scenario, set] = useState<Scenario>(current);
  useEffect(() => set(current), [current]);
  const change = (next: Partial<Scenario>): void => set({ ...scenario, ...next });
  const words = TEXT.machine;
  return (
    <form
      class="scenario"
      aria-label={words.scenario}
      onSubmit={(event) => {
        event.preventDefault();
        page.start(scenario, { lesson: undefined, linear: firstAddress(scenario) });
      }}
    >
      <Pick
        label={words.setting}
        value={scenario.setting}
        options={Object.entries(words.settings)}
        onPick={(setting) => change({ setting: setting as Setting })}
      />
      <Pick
        label={words.format}
        value={scenario.format}
        options={TABLE_FORMATS.map((format) => [format, words.formats[format]])}
        onPick={(format) => change({ format: format as TableFormat, cpu: usualCpu(format as TableFormat) })}
      />
      <Pick
        label={words.size}
        value={`${scenario.megabytes}`}
        options={DOMAIN_MEGABYTES.map((size) => [`${size}`, `${size} MiB`])}
        onPick={(size) => change({ megabytes: Number(size) })}
      />
      <Pick
        label={words.profile}
        value={scenario.profile}
        options={Object.entries(words.profiles)}
        onPick={(profile) => change({ profile: profile as Scenario['profile'] })}
      />
      <label class="select">
        <span>{words.frames}</span>
        <input
          type="number"
          min={0}
          max={0xffff_ffff}
          value={scenario.seed}
          onInput={(event) => change({ seed: Math.trunc(Number(event.currentTarget.value)) || 0 })}
        />
      </label>
      <button type="submit">{words.build}</button>
    </form>
  );
}

/** Where there is something to be seen. */
function firstAddress({ setting }: Scenario): Linear {
  return setting === 'xen' ? DEFAULT_VIEW.linear : DATA;
}

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  onPick(value: string): void;
}

function Pick({ label, value, options, onPick }: PickProps): JSX.Element {
  return (
    <label class="select">
      <span>{label}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
