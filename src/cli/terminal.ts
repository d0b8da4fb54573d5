import { styleText } from 'node:util';
import { PLAIN, type Style } from '../render/index.ts';
import type { Sink } from './output.ts';

/** Colours of regions, so that the same thing has the same colour in every picture. */
const REGION_COLOURS: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  kernel: 'cyan',
  initrd: 'blue',
  domain: 'cyan',
  start_info: 'yellow',
  'page tables': 'magenta',
  'page directory': 'magenta',
  hole: 'dim',
  free: 'dim',
  unused: 'dim',
};

const paint =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });

const COLOURED: Style = {
  title: paint('bold'),
  dim: paint('dim'),
  strong: paint('bold'),
  good: paint('green'),
  bad: paint('red'),
  // What is not in the table is Xen's.
  region: (name, text) => (name === '' ? text : paint(REGION_COLOURS[name] ?? 'red')(text)),
};

/** Whether to colour what goes somewhere: as told, else only on a terminal that does not object. */
export function styleFor(sink: Sink, env: NodeJS.ProcessEnv, told: boolean | undefined): Style {
  const { NO_COLOR, TERM } = env;
  const wanted = told ?? (sink.columns !== undefined && !NO_COLOR && TERM !== 'dumb');
  return wanted ? COLOURED : PLAIN;
}

/** A progress bar. */
export interface Progress {
  update(done: number, total: number): void;
  /** Takes it away. */
  end(): void;
}

const BAR = 30;

/** A progress bar, drawn only on a terminal with room for it, and only for work that lasts. */
export function progressBar(sink: Sink, label: string): Progress {
  const room = (sink.columns ?? 0) - label.length - 7;
  if (room < 5) return { update: () => {}, end: () => {} };
  const width = Math.min(BAR, room);
  const started = Date.now();
  let drawn = -1;
  return {
    update(done, total): void {
      const filled = Math.round((done / total) * width);
      if (filled === drawn || Date.now() - started < 200) return;
      drawn = filled;
      const percent = Math.round((done / total) * 100);
      sink.write(`\r${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent} %`);
    },
    end(): void {
      if (drawn >= 0) sink.write('\r\x1b[K');
    },
  };
}
