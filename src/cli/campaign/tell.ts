import type { CampaignSummary } from '../../campaign/index.ts';
import { campaignJson, campaignSarif, campaignSuites, campaignText } from '../../render/index.ts';
import type { Invocation } from '../command.ts';
import { EXIT } from '../errors.ts';
import { printForm } from '../forms.ts';
import { packageVersion } from '../version.ts';

/** Tells what came of a campaign. @returns the exit code. */
export function tellCampaign(summary: CampaignSummary, invocation: Invocation): number {
  printForm(invocation, {
    json: () => campaignJson(summary),
    junit: () => campaignSuites(summary),
    sarif: () => campaignSarif(summary, packageVersion()),
    text: () => campaignText(summary, invocation.style),
  });
  if (summary.missing.length > 0 || summary.failures.some(({ name }) => name === 'error')) return EXIT.input;
  return summary.failures.length > 0 ? EXIT.negative : EXIT.done;
}
