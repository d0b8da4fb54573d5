import type { Words } from '../en/index.ts';

export const MACHINE: Words['machine'] = {
  title: 'Die Maschine',
  cpu: 'CPU',
  cpuYear: (name, year) => `${name} (${year})`,
  registers: 'Schalter',
  switches: {
    wp: 'CR0.WP',
    pse: 'CR4.PSE',
    pge: 'CR4.PGE',
    nx: 'EFER.NXE',
    smep: 'CR4.SMEP',
    smap: 'CR4.SMAP',
  },
  hints: {
    wp: 'Nur-Lesen bindet auch den Kernel',
    pse: 'Verzeichniseinträge dürfen 4 MiB abbilden',
    pge: 'Seiten mit G überleben ein Laden von CR3',
    nx: 'Bit 63 eines Eintrags verbietet Code',
    smep: 'der Kernel darf keinen Code aus Benutzerseiten ausführen',
    smap: 'der Kernel darf keine Daten in Benutzerseiten anfassen',
  },
  limit: 'Segmentgrenze',
  limitHint: '0xfc3f_ffff: was Xen Ring 1 und 3 gibt; wird vor dem Paging geprüft',
  absent: (cpu) => `der ${cpu} hat kein solches Bit`,
  scenario: 'Eine andere Maschine',
  setting: 'Was läuft',
  settings: {
    xen: 'ein Gast von Xen, 2004',
    plain: 'ein Kernel und ein Programm',
    fork: 'dasselbe nach einem fork',
  },
  size: 'Domäne',
  profile: 'Aufteilung',
  profiles: { 'xen-1.2': 'wie das Programm sie baute', document: 'wie das Dokument sie zeichnete' },
  frames: 'Rahmen verstreut nach Startwert',
  format: 'Tabellen',
  formats: {
    '32-bit': '32 Bit, zwei Ebenen',
    PAE: 'PAE, drei Ebenen',
    '4-level': 'Long Mode, vier Ebenen',
    '5-level': 'Long Mode, fünf Ebenen',
  },
  noPaging: 'kein Paging',
  build: 'Bauen',
  built: 'Eine neue Maschine. Was zuvor getan wurde, ist fort.',
};

export const FLAGS: Words['flags'] = {
  P: ['vorhanden', 'nicht vorhanden: Die CPU beachtet den Rest nicht'],
  RW: ['Schreiben erlaubt', 'nur lesen'],
  US: ['Ring 3 erlaubt', 'nur Supervisor'],
  PWT: ['Write-through', 'kein Write-through'],
  PCD: ['nicht im Cache', 'im Cache'],
  A: ['wurde benutzt', 'nicht benutzt, seit es gelöscht wurde'],
  D: ['wurde beschrieben', 'nicht beschrieben, seit es gelöscht wurde'],
  PS: ['bildet eine große Seite ab', 'zeigt auf eine Tabelle'],
  PAT: ['Speichertyp: drittes Bit gesetzt', 'Speichertyp: drittes Bit gelöscht'],
  G: ['überall gültig', 'nicht überall gültig'],
  AV: ['frei für das System', 'frei für das System'],
  NX: ['keine Ausführung', 'Ausführung erlaubt'],
  '–': ['hier ohne Bedeutung', 'hier ohne Bedeutung'],
};

export const FAULT: Words['fault'] = {
  names: {
    12: '#SS, Stapelfehler',
    13: '#GP, allgemeine Schutzverletzung',
    14: '#PF, Seitenfehler',
  },
  code: 'Fehlercode',
  cr2: 'CR2',
  bits: [
    ['P', 'alles war vorhanden: ein Recht fehlte', 'etwas war nicht vorhanden'],
    ['W', 'ein Schreibzugriff', 'kein Schreibzugriff'],
    ['U', 'Ring 3 war es', 'Ring 0, 1 oder 2 war es'],
    ['R', 'ein reserviertes Bit war gesetzt', 'kein reserviertes Bit war gesetzt'],
    ['I', 'Code wurde geholt', 'nicht als Holen von Code bekannt'],
    ['K', 'ein Schutzschlüssel verbot es', 'kein Schutzschlüssel verbot es'],
  ],
  why: {
    'not-present': (entry) =>
      `${entry} ist nicht vorhanden: Sein Bit P ist 0, also führt die Adresse ins Nichts.`,
    'reserved-bit': (entry) => `In ${entry} ist ein Bit gesetzt, das diese CPU reserviert.`,
    'user-access-to-supervisor-page': (entry) =>
      `Ring 3 verlangte eine Seite des Supervisors: US ist 0 in ${entry}.`,
    'write-to-read-only-page': (entry) =>
      `Die Seite ist nur lesbar: RW ist 0 in ${entry}, und CR0.WP bindet auch den Supervisor daran.`,
    'write-to-read-only-page-user': (entry) => `Die Seite ist nur lesbar: RW ist 0 in ${entry}.`,
    'fetch-from-no-execute-page': (entry) => `Die Seite enthält keinen Code: NX ist 1 in ${entry}.`,
    'supervisor-fetch-from-user-page': (entry) =>
      `SMEP: Der Supervisor darf keinen Code aus einer Benutzerseite ausführen, und US ist 1 in ${entry}.`,
    'supervisor-access-to-user-page': (entry) =>
      `SMAP: Der Supervisor darf keine Benutzerseite anfassen, und US ist 1 in ${entry}.`,
    'protection-key': (entry) => `Der Schutzschlüssel in ${entry} verbietet es.`,
    'not-canonical': () => 'Die Adresse ist nicht kanonisch: Ihre oberen Bits sind nicht alle gleich.',
    'segment-limit': () => 'Die Adresse liegt jenseits der Segmentgrenze; das Paging wird nicht gefragt.',
    'segment-type': () => 'Das Segment verbietet diese Art von Zugriff; das Paging wird nicht gefragt.',
  },
};
