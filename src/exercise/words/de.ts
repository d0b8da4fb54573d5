/** Every word of the exercises, in German. */

import type { Mistake } from '../mistake.ts';
import { INVENTORY } from './de-inventory.ts';
import { walkLines } from './de-walk.ts';
import type { ExerciseWords } from './en.ts';

const DIAGNOSES: Readonly<Record<Mistake, string>> = {
  unreadable: 'Das lässt sich nicht als Antwort lesen.',
  'offset-dropped':
    'Der Rahmen stimmt, aber ein Eintrag sagt nur, wo die Seite beginnt. Welches ihrer Bytes ist gemeint? Das sagen die untersten Bits der linearen Adresse, der Offset; sie bleiben, wie sie sind.',
  'physical-and-linear-mixed':
    'Sie haben lineare und physische Adressen verwechselt. Programme benutzen lineare; CR3 und die Einträge enthalten physische, und die Tabellen führen von der einen zur anderen.',
  'flags-left-in':
    'Die untersten 12 Bits eines Eintrags sind Flags (P, RW, US, …) und gehören nicht zur Adresse. Löschen Sie sie, bevor Sie den Offset addieren.',
  'frame-not-shifted':
    'Sie haben die Nummer des Rahmens genommen, wo eine Adresse gebraucht wird, oder umgekehrt. Nummer × 4096 ist die Adresse; hexadezimal hängen Sie drei Nullen an.',
  'entry-size-forgotten':
    'Der Index zählt Einträge, und ein Eintrag hat vier Bytes: Seine Adresse ist der Anfang der Tabelle + Index × 4.',
  'indices-swapped':
    'Sie haben auf einer Stufe den falschen Index genommen. Die obersten zehn Bits (31–22) wählen den Eintrag des Verzeichnisses, die nächsten zehn (21–12) den der Tabelle.',
  'index-off-by-one':
    'Sie haben den Nachbarn des richtigen Eintrags genommen. Zählen Sie ab 0 und prüfen Sie die Binärziffern des Index.',
  'stopped-at-directory':
    'Sie haben zu früh aufgehört: Der Eintrag des Verzeichnisses führt zu einer Seitentabelle, nicht zur Seite. Dort ist noch ein Eintrag zu lesen.',
  'large-page-missed':
    'Sehen Sie auf Bit 7 (PS) im Eintrag des Verzeichnisses und auf CR4.PSE: Zusammen sagen sie, ob der Eintrag zu einer Tabelle führt oder selbst 4 MiB abbildet.',
  'large-offset-cut': 'Die Seite hat 4 MiB: Ihr Offset hat 22 Bits, nicht 12.',
  'entry-address-given':
    'Das ist, wo ein Eintrag liegt, nicht, was in ihm steht. Lesen Sie das Wort dort und gehen Sie weiter.',
  'parents-rights-forgotten':
    'Sie haben nur auf den letzten Eintrag gesehen. Rechte werden mit UND verknüpft: Was der Eintrag des Verzeichnisses nicht erlaubt, kann kein Eintrag der Tabelle erlauben.',
  'entrys-rights-forgotten':
    'Sie haben nur auf den Eintrag des Verzeichnisses gesehen. Rechte werden mit UND verknüpft: Der Eintrag der Tabelle zählt auch.',
  'wp-confused':
    'Sehen Sie auf CR0.WP. Gelöscht: Die Ringe 0 bis 2 dürfen jede vorhandene Seite schreiben. Gesetzt: R/W bindet auch sie. Ring 3 ist in beiden Fällen gebunden.',
  'ring-confused':
    'Paging kennt nur zwei Arten von Ringen: 0, 1 und 2 sind der Supervisor, allein 3 ist der Benutzer. U/S schützt nur vor Ring 3.',
  'present-bit-confused':
    'Bit 0 (P) des Fehlercodes ist 0, wenn ein Eintrag auf dem Weg nicht vorhanden ist, und 1, wenn alle vorhanden sind und ein Recht fehlt.',
  'write-bit-confused':
    'Bit 1 (W/R) des Fehlercodes ist 1, wenn geschrieben wird, und 0, wenn gelesen oder Code geholt wird. Es spricht vom Zugriff, nicht von der Seite.',
  'user-bit-confused':
    'Bit 2 (U/S) des Fehlercodes ist 1, wenn der Zugriff aus Ring 3 kam. Es spricht vom Zugriff, nicht von der Seite.',
  'fetch-bit-confused':
    'Bit 4 (I/D) des Fehlercodes wird nur gesetzt, wenn Code geholt wird und NX oder SMEP eingeschaltet ist. Diese Maschine hat keines von beiden.',
  'cr2-wrong':
    'Der Fehlercode stimmt. CR2 erhält die lineare Adresse des Zugriffs, alle 32 Bits: keine physische Adresse, und der Offset bleibt.',
  'not-present-missed':
    'Sehen Sie auf Bit 0 (P) jedes Eintrags. Ist es 0, so endet der Weg dort, was auch sonst im Eintrag steht.',
  'fault-missed':
    'Dieser Zugriff führt zu einem Fehler. Sehen Sie auf P, R/W und U/S beider Einträge, einen nach dem anderen.',
  'fault-imagined':
    'Dieser Zugriff gelingt. Sehen Sie noch einmal nach, was jeder Eintrag erlaubt, auf den Ring und auf CR0.WP.',
  'read-only-is-allowed':
    'Diese Seite führt zu einer Tabelle, aber sie ist nur lesbar, und das ist erlaubt: Der Gast darf seine Tabellen ansehen. Suchen Sie den Weg, auf dem er eine schreiben kann.',
  'no-table':
    'Diese Seite ist abgebildet, aber sie führt zu einem gewöhnlichen Rahmen, nicht zu einem mit dem Verzeichnis oder einer Seitentabelle.',
  'not-mapped': 'An dieser linearen Adresse ist keine Seite abgebildet.',
  'entry-unchanged': 'Das ist der Wert, den der Eintrag schon hat, und er verletzt die Regel.',
  'other-frame':
    'Die Adresse führt dann zu einer anderen physischen Adresse als verlangt, oder nirgendwohin. Sehen Sie auf die Bits 31–12.',
  'too-few-rights':
    'Der Rahmen stimmt, aber jetzt darf jemand nicht, was ihm die Regel erlaubt. Sehen Sie auf R/W (Bit 1) und U/S (Bit 2).',
  'too-many-rights':
    'Der Rahmen stimmt, aber jetzt darf jemand, was ihm die Regel verbietet. Sehen Sie auf R/W (Bit 1) und U/S (Bit 2).',
  other:
    'Das ist nicht die Antwort, und kein häufiger Fehler führt zu ihr. Gehen Sie den Weg noch einmal: Index, Eintrag, Rahmen.',
};

export const DE: ExerciseWords = {
  registers: (cr3, wp, pse) => `32-Bit-Paging, CR3 = ${cr3}, CR0.WP = ${wp}, CR4.PSE = ${pse}.`,
  right: 'Richtig.',
  translate: {
    title: 'Eine Adresse übersetzen',
    ask: (linear) => `Zu welcher physischen Adresse führt die lineare Adresse ${linear}?`,
    format: 'Die physische Adresse, hexadezimal, etwa 0x0012_3456.',
  },
  fault: {
    title: 'Den Fehler vorhersagen',
    given: 'Kein NX, kein SMEP; die Segmente erlauben alles.',
    verbs: ['liest', 'schreibt', 'holt einen Befehl'],
    ask: (ring, verb, linear) =>
      `Code in Ring ${ring} ${verb} an der linearen Adresse ${linear}.\nGelingt der Zugriff? Wenn nicht, welchen Fehlercode legt der Seitenfehler ab, und was enthält CR2?`,
    format: 'ok, oder Fehlercode und CR2 des Fehlers, etwa: 2 0xc012_3456',
    write: (format) => `Schreiben Sie ${format}.`,
  },
  alias: {
    title: 'Die Abbildung finden, die die Regel verletzt',
    ask: 'Der Kernel des Gastes läuft in Ring 1.\nDie Regel: Der Gast darf sein Seitenverzeichnis und seine Seitentabellen lesen, aber nicht schreiben; eine vorhandene, schreibbare Seite, die zu einer davon führt, ließe ihn den ganzen Speicher abbilden.\nEine Seite verletzt diese Regel. Welche?',
    format: 'Eine lineare Adresse in dieser Seite, hexadezimal, etwa 0x0840_5000.',
    directory: 'das Seitenverzeichnis: siehe CR3',
    table: 'eine Seitentabelle: siehe das Verzeichnis',
    maps: (entry, frame, what) => `Der Eintrag bei ${entry} führt zu ${frame}, und dort liegt ${what}.`,
  },
  fix: {
    title: 'Einen Eintrag in Ordnung bringen',
    rule(linear, physical, user, writable) {
      const what = writable ? 'sie lesen und schreiben' : 'sie lesen, aber nicht schreiben';
      const who = user
        ? `Die Ringe 0 bis 3 dürfen ${what}.`
        : `Die Ringe 0 bis 2 dürfen ${what}; Ring 3 darf sie überhaupt nicht benutzen.`;
      return `Die Regel: Die Seite an der linearen Adresse ${linear} führt zur physischen ${physical}. ${who}`;
    },
    ask: (entry) =>
      `Der Eintrag an der physischen Adresse ${entry} verletzt sie. Welcher Wert muss dort stehen? Jeder Wert zählt, der die Regel erfüllt; kein anderes Wort darf sich ändern.`,
    format: 'Der 32-Bit-Wert des Eintrags, hexadezimal, etwa 0x0012_3067.',
    others:
      'Auch andere Werte sind richtig: Die CPU beachtet die Bits 9–11 nicht, und A und D dürfen 1 sein.',
  },
  sheet: {
    title: (name) => `Aufgaben zum x86-Paging, ${name}`,
    key: (name) => `Lösungen der Aufgaben zum x86-Paging, ${name}`,
    name: (seed, student) => (student === undefined ? `Blatt ${seed}` : `Blatt ${seed} für ${student}`),
    given:
      'Tabellen stehen als „physische Adresse: Wort“, Wörter von 32 Bits. Alle Wörter, die nicht gezeigt sind, sind 0.',
    answer: 'Antwort',
  },
  diagnoses: DIAGNOSES,
  inventory: INVENTORY,
  walk: (report) => walkLines(report),
};
