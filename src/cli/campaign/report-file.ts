/** The file of a campaign's report: one line for each chunk, written whole, so that what is done stays done. */

import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import {
  type ChunkReport,
  isSameCampaign,
  parseReport,
  type Report,
  ReportError,
  type ReportHeader,
  reportLine,
  reportText,
} from '../../campaign/index.ts';
import { InputError, reasonOf } from '../errors.ts';
import { readInput, writeOutput } from '../files.ts';

const REPORT_LIMIT = { bytes: 2 ** 29, why: 'more than the report of any campaign has' };

/** Reads a report's file. @throws InputError */
export function readReport(path: string): Report {
  const text = new TextDecoder().decode(readInput(path, 'report', REPORT_LIMIT));
  try {
    return parseReport(text);
  } catch (error) {
    if (error instanceof ReportError) throw new InputError(`'${path}' is no report: ${error.message}`);
    throw error;
  }
}

/** A report that grows. */
export interface OpenReport {
  /** What was done before. */
  readonly done: ReadonlyMap<number, ChunkReport>;
  /** Adds a line, whole or not at all as far as the system can promise, and on the disk when this returns. */
  append(report: ChunkReport): void;
  /** Puts the lines in order: a report that is complete is the same however it came about. */
  finish(chunks: Iterable<ChunkReport>): Promise<void>;
}

/**
 * Opens a report to go on with, or begins it.
 *
 * @param note - Told of lines that were cut short.
 * @throws InputError if it is of another campaign or shard, or cannot be written.
 */
export async function openReport(
  path: string,
  header: ReportHeader,
  note: (text: string) => void,
): Promise<OpenReport> {
  const before = existsSync(path) ? readReport(path) : undefined;
  if (before !== undefined) {
    const isOurs =
      isSameCampaign(before.header, header) &&
      JSON.stringify(before.header.shard) === JSON.stringify(header.shard);
    if (!isOurs) {
      throw new InputError(
        `'${path}' is the report of another campaign or shard; name another file, or remove it`,
      );
    }
    for (const flaw of before.flaws) note(`${path}: ${flaw}`);
    if (before.chunks.size > 0) note(`${path}: going on after ${before.chunks.size} chunks that are done`);
  }
  const done = before?.chunks ?? new Map<number, ChunkReport>();
  // What was cut short is dropped here, so that the next line begins a line.
  await writeOutput(path, [reportText(header, done.values())]);
  const descriptor = openToAppend(path);
  return {
    done,
    append(report) {
      try {
        writeSync(descriptor, reportLine(report));
        fdatasyncSync(descriptor);
      } catch (error) {
        throw new InputError(`cannot write '${path}': ${reasonOf(error)}`);
      }
    },
    async finish(chunks) {
      closeSync(descriptor);
      await writeOutput(path, [reportText(header, chunks)]);
    },
  };
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new InputError(`cannot write '${path}': ${reasonOf(error)}`);
  }
}
