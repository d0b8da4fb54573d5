/** The words of the concept inventory, in German. */

import type { INVENTORY as EN } from './en-inventory.ts';

const GOES_THROUGH = 'Er gelingt.';
const FAULT = 'Ein Seitenfehler.';
const READS_0 = 'Gelesen wird 0.';

export const INVENTORY: typeof EN = {
  title: (name) => `Konzepttest zum Paging: ${name}`,
  key: (name) => `Lösungen des Konzepttests zum Paging: ${name}`,
  forms: { pre: 'vor dem Kurs', post: 'nach dem Kurs' },
  name: (form, seed) => `${form}, Nummer ${seed}`,
  question: (number) => `Frage ${number}`,
  given:
    'Zu jeder Frage gehört genau eine richtige Antwort. Tabellen stehen als „physische Adresse: Wort“; alles andere ist 0.',
  right: 'richtig',
  misconceptions: {
    'linear-is-physical': 'Eine lineare Adresse ist der Ort im Speicher.',
    'offset-not-kept': 'Ein Eintrag nennt ein Byte, keine Seite; der Offset spielt keine Rolle.',
    'flags-are-address': 'Die untersten zwölf Bits eines Eintrags gehören zur Adresse.',
    'entry-is-one-byte': 'Ein Index zählt Bytes, nicht Einträge von vier Bytes.',
    'indices-swapped': 'Erst wird die Tabelle gewählt, dann das Verzeichnis.',
    'tables-are-searched': 'Die CPU sucht die Adresse in einer Tabelle.',
    'frames-are-contiguous': 'Benachbarte Seiten liegen in benachbarten Rahmen.',
    'entries-hold-linear': 'Einträge und CR3 enthalten lineare Adressen.',
    'one-map-for-all': 'Alle Programme haben dieselbe Übersetzung.',
    'frame-has-one-page': 'Ein Rahmen kann nur einmal abgebildet sein.',
    'absent-is-zero': 'Eine fehlende Seite liest sich als 0 oder führt zu Rahmen 0.',
    'present-means-exists': 'P im Fehlercode sagt, dass ein Eintrag fehlte.',
    'last-entry-decides': 'Nur der letzte Eintrag gibt Rechte.',
    'first-entry-decides': 'Nur der erste Eintrag gibt Rechte.',
    'supervisor-may-all': 'Rechte binden nur Programme, nie den Supervisor.',
    'supervisor-bound-always': '„Nur lesbar“ bindet den Supervisor, gleich was CR0.WP ist.',
    'rings-are-graded': 'Paging unterscheidet Ring 0 von Ring 1.',
    'reading-is-free': 'Nur zum Schreiben braucht man ein Recht.',
    'error-bit-mixed-up': 'Die Bits des Fehlercodes werden miteinander verwechselt.',
    'tlb-sees-memory': 'Ein geänderter Eintrag gilt sofort: Der TLB folgt dem Speicher.',
    'tlb-keeps-faults': 'Der TLB merkt sich auch, was fehlt.',
    'flush-is-nothing': 'CR3 mit demselben Wert zu laden, löscht nichts.',
    'dirty-by-reading': 'Auch Lesen setzt das Dirty-Bit.',
    'software-sets-bits': 'A und D setzt der Kernel, nicht die CPU.',
    'large-is-small': 'Eine Seite von 4 MiB behält nur zwölf Bits Offset.',
    'tables-cost-nothing': 'Tabellen liegen in der CPU und kosten keinen Speicher.',
    'tables-are-flat': 'Es gibt einen Eintrag für jede Seite, abgebildet oder nicht.',
    'cr2-is-physical': 'CR2 enthält eine physische Adresse, oder die des Eintrags.',
    'cr2-is-code': 'CR2 enthält die Adresse des Befehls.',
    'fault-is-fatal': 'Ein Seitenfehler beendet das Programm, immer.',
  },
  goesThrough: GOES_THROUGH,
  fault: FAULT,
  faults: (code, bits) => `Ein Seitenfehler mit Fehlercode ${code} (${bits}).`,
  deed: {
    kernelWrites: 'Der Kernel, in Ring 0, schreibt nach',
    kernelReads: 'Der Kernel, in Ring 0, liest',
    ring1Reads: 'Code in Ring 1 liest',
    programReads: 'Ein Programm, in Ring 3, liest',
    programWrites: 'Ein Programm, in Ring 3, schreibt nach',
  },
  happens: (deed, linear) => `${deed} ${linear}. Was geschieht mit diesem Zugriff?`,
  reads0: READS_0,
  readsFrame: 'Gelesen wird, was in dem Rahmen liegt, den der Eintrag nennt.',
  cr2: (linear) =>
    `Der Befehl bei 0x0804_8123 schreibt nach ${linear}; es gibt einen Seitenfehler. Was steht in CR2?`,
  leads: (linear) => `Zu welcher physischen Adresse führt die lineare Adresse ${linear}?`,
  readFirst: (linear) => `Welche physische Adresse liest die CPU als erste, wenn sie ${linear} übersetzt?`,
  readSecond: (linear) => `Welche physische Adresse liest die CPU als zweite, wenn sie ${linear} übersetzt?`,
  searched: (from) => `${from}, und von dort an weiter, bis die Adresse gefunden ist`,
  reads: {
    ask: (linear) =>
      `Der TLB ist leer. Wie oft liest die CPU im Speicher, bevor sie das Byte bei ${linear} lesen kann?`,
    twice: 'Zweimal: einen Eintrag des Verzeichnisses und einen einer Tabelle.',
    place: 'Nie: Die Adresse ist der Ort.',
    search: 'So oft, wie Einträge vor dem richtigen stehen.',
    inside: 'Nie: Die Tabellen sind in der CPU.',
  },
  nextPage: (linear, physical, next) => `${linear} führt zu ${physical}. Wohin führt ${next}?`,
  nextByte: (linear, physical, next) =>
    `${linear} führt zu ${physical}. Wohin führt ${next} in derselben Seite?`,
  cr3: {
    ask: 'Was ist die Zahl in CR3?',
    physical: 'Die physische Adresse des Verzeichnisses.',
    linear: 'Die lineare Adresse des Verzeichnisses.',
    same: 'Für jedes Programm dieselbe Zahl.',
    inside: 'Die Nummer eines Satzes von Tabellen in der CPU.',
  },
  bitsAfterRead: (linear, entry) =>
    `Der Kernel liest ${linear}. Wie stehen danach A und D im Eintrag bei ${entry}?`,
  bitsAfterWrite: (linear, entry) =>
    `Der Kernel schreibt nach ${linear}. Wie stehen danach A und D im Eintrag bei ${entry}?`,
  writtenBack: 'A = 1, D = 0, bis der TLB zurückgeschrieben wird',
  stale: {
    ask: (linear, entry) =>
      `Der Kernel liest ${linear}, löscht dann P im Eintrag bei ${entry}, tut sonst nichts und greift noch einmal lesend auf ${linear} zu. Was kann mit diesem Zugriff geschehen?`,
    may: (outcome) => `${outcome} Die CPU darf benutzen, was in ihrem TLB steht.`,
    follows: `${FAULT} Der Eintrag wird bei jedem Zugriff gelesen.`,
    stops: 'Die Maschine hält an: Eine benutzte Seite darf nicht verschwinden.',
  },
  fresh: {
    ask: (linear, entry) =>
      `Der Kernel liest ${linear}, und es gibt einen Seitenfehler. Seine Behandlung setzt P im Eintrag bei ${entry}, tut sonst nichts und kehrt zurück. Was wird aus demselben Zugriff?`,
    invlpg: `${FAULT} Erst muss ein INVLPG kommen.`,
    nothing: 'Nichts: Was einmal gescheitert ist, läuft nicht noch einmal.',
    empty: 'Gelesen wird 0, denn die Seite wurde nie gefüllt.',
  },
  load: {
    ask: (linear, entry) =>
      `Der Kernel liest ${linear}, löscht P im Eintrag bei ${entry}, lädt CR3 mit dem Wert, den es schon hat, und greift noch einmal lesend auf ${linear} zu. Keine Seite ist global. Was geschieht mit diesem Zugriff?`,
    same: `${GOES_THROUGH} CR3 ist ja dasselbe.`,
    only: `${GOES_THROUGH} Nur INVLPG löscht eine Übersetzung.`,
  },
  programs: {
    ask: (linear) =>
      `Ein anderes Programm läuft mit einem anderen Wert in CR3 und liest auch ${linear}. Wohin führt das?`,
    own: 'Wohin seine eigenen Tabellen zeigen.',
    here: (physical) => `Zu ${physical}, wie hier.`,
    to: (linear) => `Zu ${linear}.`,
    used: 'Zu einem Seitenfehler: Die Adresse gehört schon dem ersten Programm.',
  },
  shared: {
    ask: (entry, frame) =>
      `Der Kernel kopiert das Wort bei ${entry} in einen anderen Eintrag derselben Tabelle. Was gilt für den Rahmen bei ${frame}?`,
    both: 'Er ist unter zwei linearen Adressen erreichbar; was unter der einen geschrieben wird, liest man unter der anderen.',
    moves: 'Er zieht zur zweiten Adresse um; die erste führt zu einem Fehler.',
    copied: 'Seine Bytes werden in den Rahmen dahinter kopiert.',
    old: 'Nichts: Der Eintrag nennt immer noch seine alte lineare Adresse.',
  },
  cost: {
    ask: 'Eine einzige Seite von 4 KiB soll abgebildet werden. Wie viel Speicher brauchen ihre Tabellen?',
    two: '8 KiB: ein Verzeichnis und eine Tabelle.',
    none: 'Keinen: Tabellen sind ein Teil der CPU.',
    flat: '4 MiB: ein Eintrag von 4 Bytes für jede der 2^20 Seiten.',
    bytes: '8 Bytes: zwei Einträge.',
  },
  demand: {
    ask: (linear) =>
      `Ein Programm liest ${linear}, und es gibt einen Seitenfehler. Was wird aus dem Programm?`,
    kernel:
      'Das entscheidet der Kernel: Er kann es beenden, oder eine Seite abbilden und es noch einmal versuchen lassen.',
    ended: 'Es wird beendet: Ein Seitenfehler ist ein Fehler des Programms.',
    zero: 'Es läuft mit dem Wert 0 weiter.',
    waits: 'Es wartet, bis die CPU P gesetzt hat.',
  },
};
