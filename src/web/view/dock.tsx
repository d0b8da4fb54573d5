import type { JSX } from 'preact';
import { MapPanel } from '../map/map-panel.tsx';
import { type Page, useMedia } from '../page.ts';
import { PANELS, type Panel } from '../view-state.ts';
import { TEXT } from '../words/index.ts';
import { FilesPanel } from './files-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { MachinePanel } from './machine-panel.tsx';
import { MemoryPanel } from './memory-panel.tsx';
import { PageLink } from './page-link.tsx';
import { TlbPanel } from './tlb-panel.tsx';
import { XenPanel } from './xen-panel.tsx';

/** Where there is room for the map and another panel beside it. */
const WIDE = '(min-width: 100rem)';

/** Below the drawing: the map, the bytes, the TLB, the CPU, what was done. */
export function Dock({ page }: { readonly page: Page }): JSX.Element {
  const isWide = useMedia(WIDE);
  const shown = page.view.panel;
  const beside = isWide && shown === 'map' ? 'tlb' : shown;
  return (
    <section
      class={isWide ? 'dock is-wide' : 'dock'}
      data-region
      tabIndex={-1}
      aria-label={TEXT.panels.label}
    >
      {isWide && (
        <div class="panel" id="map">
          <MapPanel page={page} />
        </div>
      )}
      <nav class="dock-tabs" aria-label={TEXT.panels.label}>
        <ul>
          {PANELS.filter((panel) => !(isWide && panel === 'map')).map((panel) => (
            <li key={panel}>
              <PageLink page={page} change={{ panel }} panel={panel} current={panel === beside}>
                {TEXT.panels[panel]}
              </PageLink>
            </li>
          ))}
        </ul>
      </nav>
      <div class="panel" id={beside}>
        <PanelOf page={page} panel={beside} />
      </div>
    </section>
  );
}

function PanelOf({ page, panel }: { readonly page: Page; readonly panel: Panel }): JSX.Element {
  switch (panel) {
    case 'map':
      return <MapPanel page={page} />;
    case 'memory':
      return <MemoryPanel page={page} />;
    case 'tlb':
      return <TlbPanel page={page} />;
    case 'machine':
      return <MachinePanel page={page} />;
    case 'xen':
      return <XenPanel page={page} />;
    case 'history':
      return <HistoryPanel page={page} />;
    case 'files':
      return <FilesPanel page={page} />;
  }
}
