/**
 * A sheet as a QTI 2.1 content package, which TAO, ILIAS, Canvas and others import: a ZIP archive of one file for each
 * question and a manifest. Addresses are written, other answers chosen; every wrong choice carries its diagnosis.
 * Source: IMS Question & Test Interoperability 2.1, "Assessment Test, Section, and Item Information Model".
 */

import { zipOf } from '../bytes/zip.ts';
import { escapeXml } from '../render/index.ts';
import type { Exercise } from './exercise.ts';
import { CHOICES, isChosen, spellings } from './gift.ts';
import { DIAGNOSES } from './mistakes.ts';
import { answerKey, type Sheet, typicalMistakes } from './sheet.ts';
import { sheetName } from './sheet-text.ts';

const NAMESPACE = 'http://www.imsglobal.org/xsd/imsqti_v2p1';
const PACKAGE = 'http://www.imsglobal.org/xsd/imscp_v1p1';

/** The package, as bytes of a ZIP file. */
export function sheetQti(sheet: Sheet): Uint8Array {
  return zipOf(
    qtiFiles(sheet).map(([name, text]) => [name, Uint8Array.from(text, (letter) => letter.charCodeAt(0))]),
  );
}

/** The files of the package, in ASCII: the manifest, and an item for each exercise. */
export function qtiFiles(sheet: Sheet): [name: string, text: string][] {
  const items = sheet.exercises.map((exercise): [string, string] => [
    `item-${exercise.id}.xml`,
    itemXml(exercise),
  ]);
  return [
    [
      'imsmanifest.xml',
      manifest(
        sheetName(sheet),
        items.map(([name]) => name),
      ),
    ],
    ...items,
  ];
}

/** Text for XML in ASCII: all other characters by their numbers. */
function xml(text: string): string {
  return escapeXml(text).replaceAll(/[^ -~\n]/gu, (letter) => `&#${letter.codePointAt(0)};`);
}

function manifest(title: string, files: readonly string[]): string {
  const resources = files.map(
    (file, i) =>
      `<resource identifier="R${i + 1}" type="imsqti_item_xmlv2p1" href="${file}"><file href="${file}"/></resource>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<manifest xmlns="${PACKAGE}" identifier="x86-paging">`,
    `<!-- ${xml(title).replaceAll('--', '- -')} -->`,
    '<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>',
    '<organizations/>',
    `<resources>${resources.join('')}</resources>`,
    '</manifest>',
    '',
  ].join('\n');
}

function itemXml(exercise: Exercise): string {
  const { id, title } = exercise;
  const body = isChosen(exercise) ? choiceItem(exercise) : textItem(exercise);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<assessmentItem xmlns="${NAMESPACE}" identifier="exercise-${id}" title="${xml(`${id}. ${title}`)}" adaptive="false" timeDependent="false">`,
    ...body,
    '</assessmentItem>',
    '',
  ].join('\n');
}

const SCORE =
  '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><defaultValue><value>0</value></defaultValue></outcomeDeclaration>';
const FEEDBACK = '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>';

function promptXml({ prompt, tables, answerFormat }: Exercise): string[] {
  return [
    ...prompt.split('\n').map((paragraph) => `<p>${xml(paragraph)}</p>`),
    `<pre>${xml(tables.join('\n'))}</pre>`,
    `<p>${xml(answerFormat)}</p>`,
  ];
}

/** The right choice is always the first in the file; the importer shuffles them. */
function choiceItem(exercise: Exercise): string[] {
  const wrong = typicalMistakes(exercise).slice(0, CHOICES);
  const choices = [answerKey(exercise).answer, ...wrong.map(({ answer }) => answer)];
  return [
    '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>C0</value></correctResponse></responseDeclaration>',
    SCORE,
    FEEDBACK,
    '<itemBody>',
    ...promptXml(exercise),
    '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">',
    ...choices.map((text, i) => `<simpleChoice identifier="C${i}">${xml(text)}</simpleChoice>`),
    '</choiceInteraction>',
    '</itemBody>',
    '<responseProcessing>',
    '<responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>',
    '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>',
    '</responseProcessing>',
    ...wrong.map(
      ({ mistake }, i) =>
        `<modalFeedback outcomeIdentifier="FEEDBACK" identifier="C${i + 1}" showHide="show">${xml(DIAGNOSES[mistake])}</modalFeedback>`,
    ),
  ];
}

/** Every usual spelling of the address earns the point. */
function textItem(exercise: Exercise): string[] {
  const answers = spellings(answerKey(exercise).answer);
  return [
    `<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"><correctResponse><value>${answers[0]}</value></correctResponse><mapping defaultValue="0">${answers.map((text) => `<mapEntry mapKey="${text}" mappedValue="1" caseSensitive="false"/>`).join('')}</mapping></responseDeclaration>`,
    SCORE,
    '<itemBody>',
    ...promptXml(exercise),
    '<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="12"/></p>',
    '</itemBody>',
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>',
  ];
}
