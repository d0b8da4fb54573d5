import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One observation: the columns of a CSV file by name. All numbers are hexadecimal without 0x. */
export type Row = Readonly<Record<string, string>>;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Reads a file of this folder. No field holds a quoted comma except the last, which takes the rest of the line. */
export function readTable(name: string): Table {
  const text = gunzipSync(readFileSync(join(import.meta.dirname, `${name}.csv.gz`))).toString('utf8');
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  const rows = lines.map((line) => {
    const fields = line.split(',');
    const last = fields.slice(columns.length - 1).join(',');
    return Object.fromEntries(columns.map((name, i) => [name, i < columns.length - 1 ? fields[i]! : last]));
  });
  return { columns, rows };
}
