import type { JSX } from 'preact';
import { formatAddress } from '../../arch/index.ts';
import type { WalkFailure, WalkSuccess } from '../../index.ts';
import { formatBytes } from '../../render/index.ts';
import { binary, faultName, faultWhy } from '../narrate.ts';
import type { Page } from '../page.ts';
import { ROLES } from '../roles.ts';
import { TEXT } from '../text.en.ts';

/** Where the walk ends: a byte, or a fault. */
export function ResultCard({ page }: { readonly page: Page }): JSX.Element {
  const { report } = page;
  return report.ok ? <Success page={page} report={report} /> : <Fault report={report} />;
}

function Success({ page, report }: { readonly page: Page; readonly report: WalkSuccess }): JSX.Element {
  const { memory } = page.session.machine;
  const { physical, pageSize, sets } = report;
  const offset = physical % pageSize;
  const frame = Math.floor(physical / 4096);
  const inRam = physical < memory.sizeBytes;
  const role = ROLES[page.roles.roles[frame] ?? -1];
  return (
    <article class="card result is-yes" data-result="ok">
      <header class="card-head">
        <h3>
          <span aria-hidden="true">✓</span> {TEXT.result.allowed}
        </h3>
        <p>
          {TEXT.result.pageOf(formatBytes(pageSize))}
          {report.global && ` · ${TEXT.result.global}`}
        </p>
        {inRam && (
          <button type="button" class="link" onClick={() => page.look({ frame, offset: physical % 4096 })}>
            {TEXT.result.frame(`0x${frame.toString(16)}`, role === undefined ? '' : TEXT.roles[role])}
          </button>
        )}
      </header>
      <p class="entry-value">
        {TEXT.result.physical}{' '}
        <span class="mono formula">
          {formatAddress(physical - offset)} + 0x{offset.toString(16)} ={' '}
        </span>
        <b class="mono big">{formatAddress(physical)}</b>
      </p>
      <p>
        {TEXT.result.byte}:{' '}
        {inRam ? <b class="mono">{formatAddress(memory.readUint8(physical), 2)}</b> : TEXT.result.noRam}
      </p>
      <p class="dim">
        {sets.length === 0
          ? (report.access & 1) !== 0
            ? TEXT.result.setsNothing
            : TEXT.result.setsNothingRead
          : sets
              .map(({ entryAddress, bits }) => {
                const entry = report.steps.find((step) => step.entryAddress === entryAddress);
                const names = [bits & 0x20 ? 'A' : '', bits & 0x40 ? 'D' : ''].filter(Boolean).join(' + ');
                return TEXT.result.sets(names, entry === undefined ? '' : `${entry.kind}[${entry.index}]`);
              })
              .join(' ')}
      </p>
    </article>
  );
}

function Fault({ report }: { readonly report: WalkFailure }): JSX.Element {
  const { fault } = report;
  return (
    <article class="card result is-no" data-result="fault">
      <header class="card-head">
        <h3>
          <span aria-hidden="true">✗</span> {faultName(fault.vector)}
        </h3>
      </header>
      <p class="why">{faultWhy(report)}</p>
      {fault.vector === 14 && (
        <div class="error-code">
          <p>
            {TEXT.fault.code} <b class="mono big">{binary(fault.code)}</b>
          </p>
          <ul>
            {TEXT.fault.bits.map(([name, set, clear], i) => {
              const value = (fault.code >> i) & 1;
              return (
                <li key={name} class={value === 1 ? 'is-set' : ''}>
                  <span class="mono code-bit">
                    {name} <b>{value}</b>
                  </span>{' '}
                  {value === 1 ? set : clear}
                </li>
              );
            })}
          </ul>
          <p>
            {TEXT.fault.cr2}: <b class="mono">{formatAddress(fault.cr2)}</b>
          </p>
        </div>
      )}
    </article>
  );
}
