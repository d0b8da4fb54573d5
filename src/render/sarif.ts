/**
 * Findings as SARIF 2.1.0, which code hosts and editors show. The one place that knows the format.
 * Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
 */

import { hex, type Json } from './json.ts';

/** How bad a finding is. */
export type SarifLevel = 'error' | 'warning' | 'note';

/** A rule that findings break. */
export interface SarifRule {
  /** Its name, which stays the same from version to version. */
  readonly id: string;
  /** What it says, as a sentence. */
  readonly title: string;
  /** Why it matters. */
  readonly why?: string | undefined;
  /** How bad its findings are, unless they say so themselves. Default `error`. */
  readonly level?: SarifLevel | undefined;
}

/** A place in an address space. */
export interface SarifPlace {
  /** Its first address. */
  readonly start: number | bigint;
  /** The first address after it. */
  readonly end?: number | bigint | undefined;
  /** What it is called. */
  readonly name?: string | undefined;
}

/** One place that breaks a rule. */
export interface SarifFinding {
  /** The rule's id. */
  readonly rule: string;
  /** How bad it is. Default: as the rule says. */
  readonly level?: SarifLevel | undefined;
  /** What is wrong there, as a sentence. */
  readonly text: string;
  /** Where; undefined: it is about no address. */
  readonly place?: SarifPlace | undefined;
  /** Another place that it is about. */
  readonly other?: SarifPlace | undefined;
  /** More of it, such as the walk. */
  readonly properties?: { readonly [name: string]: Json } | undefined;
}

/** What is said of a run beside its findings. */
export interface SarifRun {
  /** The version of this package. */
  readonly version: string;
  /** Where the page tables come from, as a URI reference; undefined: no file. */
  readonly artifact?: string | undefined;
}

/** A log of one run. Addresses stand as numbers where they fit one, and in hexadecimal as fully qualified names. */
export function sarifLog(
  rules: readonly SarifRule[],
  findings: readonly SarifFinding[],
  { version, artifact }: SarifRun,
): Json {
  const driver = {
    name: 'x86-paging',
    version,
    informationUri: 'https://www.npmjs.com/package/x86-paging',
    rules: rules.map(({ id, title, why, level = 'error' }) => ({
      id,
      shortDescription: { text: title },
      ...(why !== undefined && { fullDescription: { text: why } }),
      defaultConfiguration: { level },
    })),
  };
  const results = findings.map((finding) => resultOf(finding, rules, artifact));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        ...(artifact !== undefined && { artifacts: [{ location: { uri: artifact } }] }),
        results,
      },
    ],
  };
}

function resultOf(finding: SarifFinding, rules: readonly SarifRule[], artifact: string | undefined): Json {
  const { rule, text, place, other, properties } = finding;
  const ruleIndex = rules.findIndex(({ id }) => id === rule);
  const at = place === undefined ? '' : `:${hex(place.start)}`;
  return {
    ruleId: rule,
    ruleIndex,
    level: finding.level ?? rules[ruleIndex]?.level ?? 'error',
    message: { text },
    locations: locationsOf(place, artifact),
    ...(other !== undefined && { relatedLocations: locationsOf(other, artifact) }),
    partialFingerprints: { 'ruleAndAddress/v1': `${rule}${at}` },
    ...(properties !== undefined && { properties }),
  };
}

function locationsOf(place: SarifPlace | undefined, artifact: string | undefined): Json[] {
  const file = artifact !== undefined && { artifactLocation: { uri: artifact, index: 0 } };
  if (place === undefined) return artifact === undefined ? [] : [{ physicalLocation: { ...file } }];
  const { start, end, name } = place;
  const length = end === undefined ? undefined : BigInt(end) - BigInt(start);
  const address = {
    kind: 'page',
    fullyQualifiedName: hex(start),
    ...(typeof start === 'number' && { absoluteAddress: start }),
    ...(length !== undefined && length <= Number.MAX_SAFE_INTEGER && { length: Number(length) }),
    ...(name !== undefined && { name }),
  };
  return [{ physicalLocation: { address, ...file } }];
}

/** A file's path as a URI reference. */
export function artifactOf(path: string): string {
  return encodeURI(path.replaceAll('\\', '/')).replaceAll('#', '%23').replaceAll('?', '%3F');
}
