import type { Words } from '../en/index.ts';

export const TITLE = 'x86-Paging zum Anfassen';

export const NAV: Words['nav'] = {
  label: 'Teile dieser Seite',
  home: 'Anfang',
  work: 'Der Durchlauf',
  exercises: 'Aufgaben',
  skip: 'Zur Zeichnung springen',
};

export const ACTIONS: Words['actions'] = {
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  reset: 'Von vorn',
  more: 'Mehr',
  share: 'Link zu diesem Zustand kopieren',
  embed: 'Rahmen für Kursunterlagen kopieren',
  present: 'Nur die Zeichnung, groß',
  leavePresent: 'Zurück zur ganzen Seite',
  openWhole: 'Ganze Seite öffnen',
  print: 'Auf ein Blatt drucken',
  help: 'Tasten',
  language: 'Sprache',
  shared: 'Der Link liegt in der Zwischenablage: Er öffnet genau diesen Zustand.',
  embedded:
    'Die Zeile liegt in der Zwischenablage: Fügen Sie sie in eine Seite ein, die neben dieser Datei liegt.',
  shareFailed: 'Die Zwischenablage ist für diese Seite gesperrt; in der Adresszeile steht derselbe Link.',
  noShare: 'Eine Maschine aus einer Datei passt in keinen Link. Verschicken Sie die Datei selbst.',
  undone: 'Zurückgenommen.',
  redone: 'Noch einmal getan.',
  restarted: 'Eine frische Maschine: alles so, wie es gebaut wurde.',
  badLink: (reasons) => `Nicht alles in diesem Link ist lesbar: ${reasons}. Sie sehen den Rest davon.`,
  refused: (reason) => `Abgelehnt: ${reason}`,
  theme: 'Farben',
  themes: { auto: 'automatisch', light: 'hell', dark: 'dunkel' },
  close: 'Schließen',
};

export const PRINT: Words['print'] = {
  title: (linear, access) => {
    const who = (access & 4) !== 0 ? 'Ein Programm' : 'Der Supervisor';
    return `${who} ${['liest', 'schreibt', 'führt aus:'][access & 3]} ${linear}`;
  },
  machine: (cpu, mode, cr0) => `${cpu}, ${mode}, CR0 ${cr0}`,
};

export const FAILURE: Words['failure'] = {
  title: 'Hier ist etwas kaputt',
  what: 'Die Seite konnte sich nicht zeichnen. Der Grund:',
  reset: 'Mit einer frischen Maschine weitermachen',
  retry: 'Noch einmal versuchen',
};

export const KEYS: Words['keys'] = {
  title: 'Tasten',
  list: [
    ['← →', 'vor und zurück durch den Durchlauf, wo kein Feld diese Tasten braucht'],
    ['Pos1', 'zum ersten Schritt'],
    ['Ende', 'ans Ende des Durchlaufs'],
    ['Tab', 'zum nächsten Ding; eine Reihe von Bits ist ein einziger Halt'],
    ['← → ↑ ↓', 'in einer Reihe von Bit zu Bit'],
    ['Enter, Leertaste', 'ein Bit umlegen, einen Knopf drücken'],
    ['Bild auf, Bild ab', 'in einem Eintrag: der nächste oder vorige Eintrag seiner Tabelle'],
    ['F6, Umschalt+F6', 'zum nächsten Teil der Seite: Lektion, Zugriff, Zeichnung, Feld darunter'],
    ['Strg+Enter', 'den Zugriff ausführen; in einer Lektion nach getanem Schritt: weiter'],
    ['Strg+Z, Strg+Y', 'zurücknehmen, noch einmal tun'],
    ['?', 'diese Liste'],
  ],
  single: 'Die Taste ? öffnet diese Liste',
};

export const FOOTER: Words['footer'] = {
  offline: 'Diese Datei ist alles: Sie lädt nichts, sendet nichts und läuft von der Festplatte.',
  source: 'Der Emulator darin ist die Bibliothek x86-paging, geprüft gegen Bochs und QEMU.',
};
