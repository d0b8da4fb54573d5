/** Text and JSON of walks, maps, layouts and verdicts. Pure: data in, strings out. */
export { campaignJson, campaignSarif, campaignSuites, campaignText } from './campaign.ts';
export { drawingSvg } from './drawing-svg.ts';
export { drawingText } from './drawing-text.ts';
export { HexDump, type HexDumpOptions, pieceJson, readStopJson, readStopText } from './hex-dump.ts';
export { differenceJson, differencesText, rootJson, rootsText, whoJson, whoText } from './inspect-text.ts';
export { domainJson, hex, type Json, mapRunJson, verificationJson, walkJson } from './json.ts';
export { type JunitCase, type JunitError, type JunitFailure, type JunitSuite, junitXml } from './junit.ts';
export { absentRunJson, absentText, walkLensJson, walkLensText } from './lens-text.ts';
export { LINT_SHOWN, type LintTextOptions, lintFindingJson, lintSarif, lintText } from './lint.ts';
export { type MapDrawing, mapSvg } from './map-svg.ts';
export {
  type MapTextOptions,
  mapSummaryJson,
  mapSummaryText,
  mapText,
  type TablesMemory,
} from './map-text.ts';
export { replayJson, replayText } from './replay-text.ts';
export {
  artifactOf,
  type SarifFinding,
  type SarifLevel,
  type SarifPlace,
  type SarifRule,
  type SarifRun,
  sarifLog,
} from './sarif.ts';
export { PLAIN, type Style } from './style.ts';
export { escapeXml } from './svg-element.ts';
export { SVG_STYLE, type SvgOptions } from './svg-style.ts';
export { TOOL_FORMS, type ToolForm, type ToolFormName } from './tools/index.ts';
export { formatBytes, formatCount } from './units.ts';
export { verificationSarif, verificationSuite } from './verification-reports.ts';
export { verificationText } from './verification-text.ts';
export { setNames } from './walk-fields.ts';
export { walkSvg } from './walk-svg.ts';
export { REASONS, rightsText, walkText } from './walk-text.ts';
export { wrap } from './wrap.ts';
export { storyJson } from './xen-json.ts';
export { storySvg } from './xen-svg.ts';
export { callText, storyText } from './xen-text.ts';
