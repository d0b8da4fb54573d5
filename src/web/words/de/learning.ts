import type { Words } from '../en/index.ts';

export const HOME: Words['home'] = {
  lead: 'Zwei Programme benutzen dieselbe Adresse und bekommen verschiedenen Speicher. Die CPU schlägt jede Adresse in Seitentabellen nach: Hier sehen Sie ihr dabei zu.',
  touch:
    'Das ist ein ganzer Rechner, in den man hineinsehen kann: ein Linux-Gast, wie ihn Xen im Februar 2004 gebaut hat. Legen Sie ein Bit in einer Tabelle um: Sie sehen sofort, wohin eine Adresse führt oder warum es einen Fehler gibt.',
  start: (number) => `Lektion ${number} beginnen`,
  resume: 'Mit der Lektion weitermachen',
  free: 'Frei umsehen',
  minutes:
    'etwa zehn Minuten bis zu dem Grund, warum ein Kernel seine eigenen Seitentabellen nicht schreiben darf',
  forget: 'Meinen Fortschritt vergessen',
  forgotten: 'Ihr Fortschritt auf diesem Rechner ist vergessen.',
  progress: (done, all) => `${done} von ${all} Lektionen geschafft`,
};

export const LESSONS_UI: Words['lessons'] = {
  title: 'Lektionen',
  label: 'Lektion',
  step: (step, of) => `Schritt ${step} von ${of}`,
  next: 'Weiter',
  finish: 'Abschließen',
  again: 'Diese Lektion noch einmal beginnen',
  sources: (inManual) => (inManual ? 'Zum Weiterlesen, in Intels Handbuch 3A:' : 'Zum Weiterlesen:'),
  nextLesson: (title) => `Nächste Lektion: ${title}`,
  close: 'Alle Lektionen',
  hint: 'Tipp',
  where: 'Wo ist das?',
  todo: 'Sie sind dran',
  met: 'Ja.',
  finished: 'Lektion geschafft.',
  all: 'Alle Lektionen sind geschafft. Sie können Paging.',
  done: 'geschafft',
  check: 'Prüfen',
};

export const REQUESTS: Words['requests'] = {
  position: (done, count) => `${done} von ${count} Anfragen erledigt`,
  none: 'Noch nichts: Verzeichnis und Tabellen sind leer, und jede Adresse führt ins Nichts.',
  taken: 'bisher für Tabellen genommene Seiten, von der letzten abwärts',
  page: (page) => `Seite ${page}`,
  restart: 'Zum Anfang',
  back: 'Zurück',
  forward: 'Nächste Anfrage',
  table: 'Nächste Tabelle',
  readOnly: 'Nächste mit RW = 0',
  all: 'Zum Ende',
  pin: () =>
    'Diese Seite als Verzeichnis festhalten und prüfen, was hineinkommt. Xen trägt seine Einträge ein.',
  pde: (value) => `Eine neue Tabelle: ${value} in das Verzeichnis eintragen.`,
  pte: (value, page) => `Seite ${page} abbilden: ${value} in ihre Tabelle eintragen.`,
  m2p: (_value, page) => `Für den Rückweg: Dieser Rahmen ist Seite ${page}.`,
};

export const TEACHER: Words['teacher'] = {
  title: 'Für Lehrende: lesen, was eine Klasse abgegeben hat',
  what: 'Jede Antwort wird hier noch einmal geprüft. Die Dateien bleiben auf diesem Rechner.',
  open: 'Dateien mit Antworten',
  read: (count) => (count === 1 ? '1 Datei gelesen.' : `${count} Dateien gelesen.`),
  refused: (names) => `Keine Dateien mit Antworten: ${names}.`,
  marks: 'Antworten nach Aufgaben',
  student: 'Name',
  nameless: 'ohne Namen',
  sum: 'richtig',
};

export const EXERCISES: Words['exercises'] = {
  title: 'Aufgaben',
  subtitle:
    'Ein Blatt für eine Klasse: Dieselbe Nummer ist überall dasselbe Blatt, ein Name macht ein anderes daraus.',
  seed: 'Nummer des Blattes',
  size: 'Aufgaben',
  sizes: ['kurz', 'üblich', 'lang'],
  student: 'Für wen (Name, darf leer bleiben)',
  exports: {
    sheet: 'Blatt als Text',
    key: 'Lösungen als Text',
    gift: 'Für Moodle (GIFT)',
    qti: 'Für ILIAS, TAO, Canvas (QTI)',
  },
  print: { sheet: 'Blatt drucken', key: 'Lösungen drucken' },
  handIn: (count) => `Meine ${count} geprüften Antworten speichern, zum Abgeben`,
  answer: 'Ihre Antwort',
  right: 'richtig',
  showKey: 'Lösung zeigen',
  hideKey: 'Lösung verbergen',
  open: 'Im Emulator öffnen',
};
