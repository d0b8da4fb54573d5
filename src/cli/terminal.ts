import { styleText } from 'node:util';
import { PLAIN, type Style } from '../render/index.ts';

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

/** Whether to colour what goes to a stream: as told, else only on a terminal that does not object. */
export function styleFor(stream: NodeJS.WriteStream, told: boolean | undefined): Style {
  const { NO_COLOR, TERM } = process.env;
  const wanted = told ?? (stream.isTTY === true && !NO_COLOR && TERM !== 'dumb');
  return wanted ? COLOURED : PLAIN;
}

/** A progress bar on standard error, drawn only on a terminal, and only for work that lasts. */
export function progressBar(label: string): { update(done: number, total: number): void; end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { update: () => {}, end: () => {} };
  const width = 30;
  const started = Date.now();
  let drawn = -1;
  return {
    update(done, total): void {
      const filled = Math.round((done / total) * width);
      if (filled === drawn || Date.now() - started < 200) return;
      drawn = filled;
      stderr.write(
        `\r${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round((done / total) * 100)} %`,
      );
    },
    end(): void {
      if (drawn >= 0) stderr.write('\r\x1b[K');
    },
  };
}
