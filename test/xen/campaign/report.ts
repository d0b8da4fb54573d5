import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The page of docs/ that each part belongs to. */
const PAGES = { campaign: 'xen-hypervisor.md', mutations: 'xen-1.2.md' } as const;

/** Writes what a campaign has found into its part of a page, between two comments of that name. */
export function writeIntoDocs(part: keyof typeof PAGES, text: string): void {
  const path = join(import.meta.dirname, '../../../docs', PAGES[part]);
  const page = readFileSync(path, 'utf8');
  const [start, end] = [`<!-- ${part}: written by the script -->`, `<!-- end of ${part} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no part between '${start}' and '${end}'`);
  writeFileSync(path, `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`);
}
