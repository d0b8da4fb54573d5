/**
 * A quiz as a QTI 2.1 content package, which TAO, ILIAS, Canvas and others import: a ZIP archive of one file for each
 * question and a manifest. Addresses are written, other answers chosen; every wrong choice carries its diagnosis.
 * Source: IMS Question & Test Interoperability 2.1, "Assessment Test, Section, and Item Information Model". `npm run
 * check:qti` scores every choice in a player that others wrote.
 */

import { zipOf } from '../bytes/zip.ts';
import { escapeXml } from '../render/index.ts';
import type { InventoryQuestion } from './inventory-kinds.ts';
import { inventoryQuiz, type Quiz, type QuizQuestion, sheetQuiz, spellings } from './quiz.ts';
import type { Sheet } from './sheet.ts';

const NAMESPACE = 'http://www.imsglobal.org/xsd/imsqti_v2p1';
const PACKAGE = 'http://www.imsglobal.org/xsd/imscp_v1p1';

/** A sheet as a package, in bytes of a ZIP file. */
export function sheetQti(sheet: Sheet): Uint8Array {
  return packed(sheetQuiz(sheet));
}

/**
 * A form of the inventory as a package, in bytes of a ZIP file.
 * @param name - What the form is called.
 */
export function inventoryQti(questions: readonly InventoryQuestion[], name: string): Uint8Array {
  return packed(inventoryQuiz(questions, name));
}

function packed(quiz: Quiz): Uint8Array {
  return zipOf(
    qtiFiles(quiz).map(([name, text]) => [name, Uint8Array.from(text, (letter) => letter.charCodeAt(0))]),
  );
}

/** The files of the package, in ASCII: the manifest, and an item for each question. */
export function qtiFiles({ title, questions }: Quiz): [name: string, text: string][] {
  const items = questions.map((question, i): [string, string] => [`item-${i + 1}.xml`, itemXml(question)]);
  return [
    [
      'imsmanifest.xml',
      manifest(
        title,
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

function itemXml(question: QuizQuestion): string {
  const { id, title, kind } = question;
  const body = kind === 'text' ? textItem(question) : choiceItem(question);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<assessmentItem xmlns="${NAMESPACE}" identifier="${id}" title="${xml(title)}" adaptive="false" timeDependent="false">`,
    ...body,
    '</assessmentItem>',
    '',
  ].join('\n');
}

const SCORE =
  '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><defaultValue><value>0</value></defaultValue></outcomeDeclaration>';
const FEEDBACK = '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>';

function promptXml({ paragraphs, tables, format }: QuizQuestion): string[] {
  return [
    ...paragraphs.map((paragraph) => `<p>${xml(paragraph)}</p>`),
    `<pre>${xml(tables.join('\n'))}</pre>`,
    ...(format === '' ? [] : [`<p>${xml(format)}</p>`]),
  ];
}

/** Where the order is not given the right choice is the first in the file; the importer shuffles them. */
function choiceItem(question: QuizQuestion): string[] {
  const { answers, kind } = question;
  const right = answers.findIndex((answer) => answer.right);
  return [
    `<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>C${right}</value></correctResponse></responseDeclaration>`,
    SCORE,
    FEEDBACK,
    '<itemBody>',
    ...promptXml(question),
    `<choiceInteraction responseIdentifier="RESPONSE" shuffle="${kind === 'choice'}" maxChoices="1">`,
    ...answers.map(({ text }, i) => `<simpleChoice identifier="C${i}">${xml(text)}</simpleChoice>`),
    '</choiceInteraction>',
    '</itemBody>',
    '<responseProcessing>',
    '<responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>',
    '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>',
    '</responseProcessing>',
    ...answers.flatMap(({ feedback }, i) =>
      feedback === ''
        ? []
        : [
            `<modalFeedback outcomeIdentifier="FEEDBACK" identifier="C${i}" showHide="show">${xml(feedback)}</modalFeedback>`,
          ],
    ),
  ];
}

/** Every usual spelling of the address earns the point. */
function textItem(question: QuizQuestion): string[] {
  const answers = spellings(question.answers[0]!.text);
  return [
    `<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"><correctResponse><value>${answers[0]}</value></correctResponse><mapping defaultValue="0">${answers.map((text) => `<mapEntry mapKey="${text}" mappedValue="1" caseSensitive="false"/>`).join('')}</mapping></responseDeclaration>`,
    SCORE,
    '<itemBody>',
    ...promptXml(question),
    '<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="12"/></p>',
    '</itemBody>',
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>',
  ];
}
