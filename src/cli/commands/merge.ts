import { mergeReports, ReportError, reportText, summaryOf } from '../../campaign/index.ts';
import { readReport } from '../campaign/report-file.ts';
import { tellCampaign } from '../campaign/tell.ts';
import { type Command, text } from '../command.ts';
import { InputError, UsageError } from '../errors.ts';
import { writeOutput } from '../files.ts';
import { checkForms, FORM_OPTIONS } from '../forms.ts';

export const merge: Command = {
  name: 'merge',
  summary: "put the reports of a campaign's shards together",
  operands: 'REPORT…',
  options: {
    output: { type: 'string', value: 'FILE', help: 'write the report of the whole there' },
    ...FORM_OPTIONS,
  },
  examples: [
    'x86-paging merge shard-*.ndjson --output report.ndjson',
    'x86-paging merge shard-*.ndjson --junit > results.xml',
  ],
  async run(invocation) {
    const { values, operands, note } = invocation;
    checkForms(values);
    if (operands.length === 0) throw new UsageError('merge takes one report or more; given is none');
    const reports = operands.map((path) => {
      const report = readReport(path);
      for (const flaw of report.flaws) note(`${path}: ${flaw}`);
      return report;
    });
    try {
      const { header, chunks } = mergeReports(reports);
      const output = text(values, 'output');
      if (output !== undefined) await writeOutput(output, [reportText(header, chunks.values())]);
      return tellCampaign(summaryOf(header, chunks), invocation);
    } catch (error) {
      if (error instanceof ReportError) throw new InputError(error.message);
      throw error;
    }
  },
};
