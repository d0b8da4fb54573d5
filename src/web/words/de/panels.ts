import type { Words } from '../en/index.ts';
import { claimSentence } from './library/index.ts';

export const PANELS: Words['panels'] = {
  label: 'Felder',
  map: 'Karte',
  xen: 'Xen',
  memory: 'Speicher',
  tlb: 'TLB',
  machine: 'CPU',
  history: 'Getan',
  files: 'Dateien',
};

export const TABLES: Words['tables'] = {
  directory: 'Seitenverzeichnis',
  table: (number) => `Seitentabelle ${number}`,
};

export const REGIONS: Words['regions'] = {
  domain: 'Domäne',
  Xen: 'Xen',
  kernel: 'Kernel',
  initrd: 'initrd',
  free: 'frei',
  unused: 'frei',
  start_info: 'start_info',
  'page tables': 'Seitentabellen',
  'page directory': 'Seitenverzeichnis',
  program: 'Programm',
  code: 'Code',
  data: 'Daten',
  'not yet': 'noch nicht',
  heap: 'Heap',
  'large pages': 'große Seiten',
  stack: 'Stapel',
  'all RAM': 'der ganze RAM',
  mapped: 'abgebildet',
  'frame list': 'Rahmenliste',
  'store page': 'Store-Seite',
  'console page': 'Konsolenseite',
  'Xen image': 'Xens Programm',
  'machine-to-physical (read-only)': 'M2P, nur lesbar',
  'direct map of machine memory': 'Direktabbildung',
  'linear page table': 'lineare Seitentabelle',
  'per-domain table': 'Tabelle je Domäne',
  'map cache': 'Map-Cache',
  'ioremap and fixmaps': 'ioremap und Fixmaps',
};

export const ROLES: Words['roles'] = {
  kernel: 'Kernel',
  initrd: 'initrd',
  program: 'Programm',
  free: 'frei',
  start_info: 'start_info',
  table: 'Seitentabelle',
  directory: 'Verzeichnis',
  shared_info: 'shared_info',
  xen: 'Xen',
  spare: 'unbenutzt',
};

export const MAP: Words['map'] = {
  title: 'Die Karte',
  frame: 'ein Rahmen',
  all: (size) => `alle ${size}`,
  area: (name, size) => `${name}, ${size}`,
  hole: 'hier ist nichts',
  pages: '16 Seiten von hier',
  physical: (size) => `Speicher, ${size}`,
  region: (name, start, end, size) => `${name}: ${start} bis ${end}, ${size}. Dorthin gehen.`,
  page: (linear, to) => `Seite ${linear}, ${to}`,
  toFrame: (frame, role, rights) => `Rahmen ${frame}, ${role}, ${rights}`,
  toNothing: 'nicht abgebildet',
  short: {
    kernel: 'Kernel',
    initrd: 'initrd',
    program: 'Progr.',
    free: 'frei',
    start_info: 'Info',
    table: 'Tab.',
    directory: 'Verz.',
    shared_info: 'geteilt',
    xen: 'Xen',
    spare: '–',
  },
  describe: (linear) => `Karte des Adressraums, ${linear} ist markiert`,
  nothing: 'nichts abgebildet',
  up: 'Frühere Seiten',
  down: 'Spätere Seiten',
  frameAt: 'Klicken Sie auf einen Rahmen, um seine Bytes zu sehen',
  enlarged: 'größer gezeichnet, als es der Maßstab verlangt',
};

export const MEMORY: Words['memory'] = {
  title: 'Speicher',
  frame: 'Rahmen',
  badFrame: (last) => `Kein Rahmen: 0 bis ${last}`,
  page: (page, linear) => `Seite ${page} der Domäne, für diese bei ${linear}`,
  bytes: 'Bytes',
  byteAt: (address, value) => `Byte bei ${address}: ${value}`,
  set: 'Schreiben',
  badByte: 'Schreiben Sie zwei Hexadezimalziffern',
  previous: 'Vorige Bytes',
  next: 'Nächste Bytes',
  keys: 'Pfeiltasten bewegen, Hexadezimalziffern schreiben.',
  follow: 'Dem Durchlauf folgen',
  following: 'folgt dem Durchlauf',
};

export const TLB: Words['tlb'] = {
  title: 'Der TLB',
  empty: 'Leer. Sobald ein Zugriff getan ist, steht seine Übersetzung hier.',
  head: ['lineare Seite', 'Rahmen', 'Rechte', 'gefüllt durch', 'noch wahr?'],
  filledBy: (access) =>
    `${(access & 4) !== 0 ? 'Programm' : 'Supervisor'}, ${['Lesen', 'Schreiben', 'Code'][access & 3]}`,
  action: 'die CPU dies vergessen lassen',
  invlpg: 'INVLPG',
  invlpgOf: (linear) => `INVLPG ${linear}: diese Seite vergessen`,
  loadCr3: 'CR3 laden',
  loadCr3Hint: 'mit dem Wert, den es hat: vergisst alles, was nicht global ist',
  fresh: 'stimmt mit dem Speicher überein',
  stale: 'veraltet',
  why: {
    'not-present': 'der Speicher sagt: nicht vorhanden',
    frame: 'der Speicher nennt einen anderen Rahmen',
    'page-size': 'der Speicher hat eine andere Seitengröße',
    rights: 'der Speicher gibt andere Rechte',
    'accessed-cleared': 'A ist im Speicher gelöscht',
    'dirty-cleared': 'D ist im Speicher gelöscht',
  },
  noInvlpg: (cpu) => `der ${cpu} hat kein INVLPG`,
  large: (size) => `Teil einer Seite von ${size}`,
};

export const CLAIM: Words['claim'] = {
  fails: '✗ Das gilt nicht:',
  holds: '✓ Das gilt jetzt:',
  // What was saved of the whole claim is English; this is the part of it that was judged.
  title: ({ claimed }) => claimSentence(claimed),
  because: (text) => `${text}.`,
  mend: (mend) => `Um es zu beheben: ${mend}.`,
  say: claimSentence,
  look: 'Den Zugriff ansehen',
};

export const FILES: Words['files'] = {
  title: 'Dateien',
  open: 'Datei öffnen',
  drop: 'Irgendwo auf diese Seite ziehen: ein Abbild von QEMU, LiME, AVML oder Xen, roher RAM oder eine hier gesicherte Maschine. Gelesen wird, was gebraucht wird; nichts davon verlässt diesen Rechner.',
  dropNow: 'Loslassen, um die Datei zu öffnen',
  raw: 'Ein anderes CR3',
  asked: (name) =>
    `${name} verrät seine Register nicht; niemand weiß, in welchem Paging-Modus seine Tabellen sind. Bitte angeben:`,
  search: 'In seinem Speicher nach Wurzeln suchen',
  roots: 'Wurzeln, für die seine Tabellen sprechen, die beste zuerst:',
  noRoots: 'In seinem Speicher ist keine Wurzel zu finden.',
  root: (mode, cr3, score) => `${mode}, CR3 ${cr3} (Wertung ${score})`,
  registers: 'Register: info registers von QEMU, creg von Bochs oder JSON',
  openSo: 'So öffnen',
  letGo: 'Doch nicht: zurück zur Maschine, die hier war',
  opened: (name, size) => `${name} geöffnet: ${size} Speicher.`,
  failed: (name, reason) => `${name} lässt sich nicht öffnen: ${reason}`,
  exportMap: 'Karte als SVG',
  exportWalk: 'Durchlauf als SVG',
  exportSpace: 'Adressraum als SVG',
  save: 'Maschine speichern',
  cr3: 'CR3 (physische Adresse des Verzeichnisses)',
  load: 'CR3 laden',
};
