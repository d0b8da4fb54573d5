import type { CampaignSummary } from '../../campaign/index.ts';
import { campaignJson, campaignSarif, campaignSuites, campaignText, junitXml } from '../../render/index.ts';
import type { Invocation, Options } from '../command.ts';
import { EXIT } from '../errors.ts';
import { packageVersion } from '../version.ts';

/** The forms in which a campaign is told beside text and JSON. */
export const FORM_OPTIONS: Options = {
  junit: { type: 'boolean', help: 'print JUnit XML, for continuous integration' },
  sarif: { type: 'boolean', help: 'print SARIF 2.1.0, for code hosts and editors' },
};

/** Tells what came of a campaign. @returns the exit code. */
export function tellCampaign(
  summary: CampaignSummary,
  { values, json, style, print, data, printJson }: Invocation,
): number {
  if (json) printJson(campaignJson(summary));
  else if (values['junit'] === true) data(junitXml(campaignSuites(summary)).trimEnd());
  else if (values['sarif'] === true)
    data(JSON.stringify(campaignSarif(summary, packageVersion()), undefined, 1));
  else print(campaignText(summary, style));
  if (summary.missing.length > 0 || summary.failures.some(({ name }) => name === 'error')) return EXIT.input;
  return summary.failures.length > 0 ? EXIT.negative : EXIT.done;
}
