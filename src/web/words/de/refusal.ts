/** Why Xen refused something. In English it says so itself. */

import { formatAddress, PTE_G, PTE_PAT } from '../../../arch/index.ts';
import type { DescriptorFault, PageType, RefusalReason } from '../../../xen/index.ts';

/** What a frame is used as, by Xen's number of the type. */
const AS: readonly string[] = [
  'nichts',
  'Seitentabelle',
  'Seitenverzeichnis',
  'Tabelle der Stufe 3',
  'Tabelle der Stufe 4',
  'GDT',
  'LDT',
  'schreibbare Seite',
];
const DESCRIPTORS: Readonly<Record<DescriptorFault, string>> = {
  'ring-0': 'Seine Stufe ist 0',
  'system-type': 'Von den Systemdeskriptoren sind nur Call Gates erlaubt',
  'gate-to-xen': 'Das Call Gate führt zu einem Selektor, der nicht dem Gast gehört',
  'gate-reserved-bits': 'Im Call Gate sind reservierte Bits gesetzt',
  wraps: 'Basis und Limit laufen über das Ende des Adressraums',
  'reaches-xen': 'Basis und Limit reichen über 0xfc40_0000 hinaus, also zu Xen',
};

const hex = (value: number): string => formatAddress(value >>> 0);
const frame = (number: number): string => `Rahmen 0x${number.toString(16)}`;
const as = (type: PageType): string => AS[type] ?? `Typ ${type}`;

/** A refusal in words, without a full stop. */
export function refusalText(reason: RefusalReason): string {
  switch (reason.rule) {
    case 'frame-beyond-memory':
      return `${frame(reason.frame)} liegt hinter dem Speicher, der 0x${reason.frameCount.toString(16)} Rahmen hat`;
    case 'frame-free':
      return `${frame(reason.frame)} gehört niemandem`;
    case 'frame-not-owned':
      return `${frame(reason.frame)} gehört ${reason.owner === undefined ? 'keiner Domäne' : `Domäne ${reason.owner}`}, nicht Domäne ${reason.caller}`;
    case 'frame-dying':
      return `${frame(reason.frame)} gehört einer Domäne, die gerade beendet wird`;
    case 'count-overflow':
      return `${frame(reason.frame)} hat so viele Verweise, wie sein Zähler fasst`;
    case 'other-type':
      return `${frame(reason.frame)} wird als ${as(reason.has)} benutzt (${reason.uses}-mal) und kann nicht zugleich ${as(reason.wanted)} sein`;
    case 'type-count-overflow':
      return `${frame(reason.frame)} hat als ${as(reason.type)} so viele Verweise, wie der Zähler fasst`;
    case 'validation-unfinished':
      return `${frame(reason.frame)} wird ungeprüft als ${as(reason.type)} benutzt; das Original wartet hier für immer`;
    case 'bad-entry':
      return `${frame(reason.frame)} taugt nicht als ${as(reason.type)}: Eintrag ${reason.entry} (${hex(reason.value)}): ${refusalText(reason.because)}`;
    case 'forbidden-bits':
      return `ein Eintrag der Stufe ${reason.level} darf ${bitNames(reason.level, reason.bits)} nicht haben (Wert ${hex(reason.value)})`;
    case 'not-a-table':
      return `${frame(reason.frame)} kann keine Seitentabelle sein (${refusalText(reason.asTable)}) und nicht als Verzeichnis abgebildet werden (${refusalText(reason.asDirectory)})`;
    case 'linear-map-writable':
      return `ein Verzeichnis darf nur ohne RW als Seitentabelle abgebildet werden (Wert ${hex(reason.value)})`;
    case 'not-a-directory':
      return `${frame(reason.frame)} ist kein geprüftes Seitenverzeichnis, sondern ${as(reason.has)}`;
    case 'linear-map-of-another':
      return `das Verzeichnis in ${frame(reason.directory)} darf sich selbst als Seitentabelle abbilden, aber nicht das in ${frame(reason.frame)}`;
    case 'xen-slot':
      return `Slot ${reason.slot} des Verzeichnisses in ${frame(reason.frame)} gehört Xen (Slots 1008 bis 1023)`;
    case 'entry-not-readable':
      return `der Eintrag der Seite ${hex(reason.page)} ist durch die lineare Seitentabelle nicht lesbar: Dort ist nichts abgebildet`;
    case 'entry-not-writable':
      return `der Eintrag der Seite ${hex(reason.page)} ist durch die lineare Seitentabelle nicht schreibbar: Ihr Verzeichniseintrag hat kein RW, und CR0.WP bindet auch Xen`;
    case 'entry-changed':
      return `der Eintrag wurde unter Xens Händen zu ${hex(reason.value)}`;
    case 'not-privileged':
      return `Domäne ${reason.caller} darf nichts ungeprüft ändern; das darf nur Domäne 0`;
    case 'unknown-command':
      return `einen erweiterten Befehl ${reason.command} gibt es nicht`;
    case 'already-pinned':
      return `${frame(reason.frame)} ist schon festgehalten`;
    case 'not-pinned':
      return `${frame(reason.frame)} ist nicht festgehalten`;
    case 'bad-ldt':
      return `eine LDT von ${reason.entries} Einträgen bei ${hex(reason.base)} liegt nicht an einer Seitengrenze, hat mehr als 8192 Einträge oder reicht über 0xfc40_0000 hinaus`;
    case 'list-unreadable':
      return `Änderung ${reason.index} der Liste ist im Speicher des Gastes nicht lesbar`;
    case 'page-of-xen':
      return `Seite ${hex(reason.page)} gehört Xen (Seiten ab 0xf_c000)`;
    case 'bad-descriptor':
      return `der Deskriptor ${hex(reason.high)}:${hex(reason.low)} ist verboten: ${DESCRIPTORS[reason.fault]}`;
    case 'descriptor-unaligned':
      return `die Adresse ${hex(reason.address)} eines Deskriptors ist kein Vielfaches von 8`;
    case 'reserved-descriptor':
      return `Eintrag ${reason.entry} der benutzten GDT (${frame(reason.frame)}) gehört Xen (Einträge 256 bis 295)`;
    case 'gdt-page-twice':
      return `${frame(reason.frame)} enthält als erste Seite der GDT Xens eigene Deskriptoren und kann keine weitere ihrer Seiten sein`;
    case 'bad-gdt-size':
      return `eine GDT hat 296 bis 8192 Einträge, nicht ${reason.entries}`;
  }
}

function bitNames(level: 1 | 2, bits: number): string {
  const names = (bits & PTE_G) !== 0 ? ['GLOBAL (Bit 8)'] : [];
  if ((bits & PTE_PAT) !== 0) names.push(level === 1 ? 'PAT (Bit 7)' : 'PSE (Bit 7)');
  return names.join(' und ');
}
