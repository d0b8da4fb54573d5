import type { LessonWords } from '../../shape.ts';

export const demand: LessonWords = {
  title: 'Speicher bei Bedarf',
  goal: 'Wie ein Kernel eine Seite erst hergibt, wenn sie angefasst wird. Sie vervollständigen seinen Handler.',
  steps: [
    {
      body: [
        'Ein Programm hat seinen Kernel um 32 KiB mehr Speicher gebeten. Der Kernel sagte ja und tat nichts: kein Rahmen, kein Eintrag.',
        'Jetzt schreibt das Programm zum ersten Mal in diesen Speicher.',
      ],
      task: 'Was wird die CPU tun?',
      hint: 'Sehen Sie sich Bit P des PTE an; es wird geschrieben; Ring 3 tut es.',
      after: 'Nicht vorhanden, ein Schreibzugriff, durch Ring 3.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie das Programm laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Ein Fehler. Die CPU ruft den Handler des Kernels, in Ring 0.',
    },
    {
      body: ['Der Handler muss wissen, was gewollt war.'],
      task: 'Wo findet er die Adresse, an die das Programm schreiben wollte?',
      choices: ['in CR3', 'in CR2', 'im Fehlercode'],
      wrong: [
        'CR3 enthält die Adresse des Verzeichnisses, und die bleibt.',
        '',
        'Der Fehlercode hat nur wenige Bits: Sie sagen, welche Art von Zugriff es war.',
      ],
      hint: 'Sehen Sie an den unteren Rand des roten Kastens.',
      after: 'CR2 für das Wo, der Fehlercode für das Wie.',
    },
    {
      body: ['Das ist der Handler. Vervollständigen Sie ihn: Was Sie wählen, wird wirklich ausgeführt.'],
      task: 'Vervollständigen Sie den Handler, und führen Sie ihn aus.',
      hint: 'CR2 enthält die Adresse. Die Bits 21–12 wählen in einer Seitentabelle. Das Programm läuft in Ring 3 und schreibt.',
      code: [
        'Seite ← die Seite der Adresse in {0}',
        'Rahmen ← ein freier Rahmen, mit Nullen gefüllt',
        'in der Seitentabelle, Eintrag {1} dieser Adresse ← Rahmen | {2}',
        'zurückkehren, sodass {3}',
      ],
      blanks: [
        [
          ['CR2', ''],
          ['CR3', 'CR3 sagt, wo das Verzeichnis liegt, nicht, was gewollt war.'],
          ['EIP', 'EIP sagt, wo der Befehl liegt, nicht, wohin er schreiben wollte.'],
        ],
        [
          ['Bits 31–22', 'Die Bits 31–22 wählen im Verzeichnis. Hier geht es um die Seitentabelle.'],
          ['Bits 21–12', ''],
          ['Bits 11–0', 'Die Bits 11–0 sind der Offset in der Seite, kein Index.'],
        ],
        [
          ['P', 'P allein: Ring 3 darf die Seite nicht einmal lesen.'],
          ['P | US', 'P und US: Ring 3 darf sie lesen, aber es will schreiben.'],
          ['P | RW', 'P und RW: Der Kernel darf sie schreiben, aber Ring 3 darf sie nicht anfassen.'],
          ['P | RW | US', ''],
        ],
        [
          ['der Befehl noch einmal läuft', ''],
          [
            'das Programm dahinter weitermacht',
            'Dann wird nie geschrieben, was das Programm schreiben wollte.',
          ],
        ],
      ],
      after: 'Der Befehl lief noch einmal und gelang. Das Programm hat nichts bemerkt.',
    },
    {
      body: ['Andere Änderungen eines Eintrags brauchen ein INVLPG.'],
      task: 'Braucht dieser Handler eines?',
      choices: [
        'Ja, sonst glaubt die CPU weiter, dass dort nichts ist.',
        'Nein: Der TLB enthält nie, was nicht vorhanden ist.',
      ],
      wrong: ['Der TLB enthält nur Übersetzungen. Für eine Seite, die fehlte, hat er keine.', ''],
      hint: 'Denken Sie an die Lektion über den veralteten TLB, in der die Seite zurückkam.',
      after: 'Es gibt nichts zu vergessen.',
    },
    {
      body: ['Das Programm füllt jetzt alle 8 Seiten seines neuen Speichers, Byte für Byte.'],
      task: 'Wie viele Fehler wird es noch geben?',
      choices: ['keinen', '7', '28 672: einen für jedes Byte'],
      wrong: [
        'Der Handler gab eine Seite. Die anderen sieben fehlen noch.',
        '',
        'Ein Fehler bringt eine ganze Seite, und die nächsten 4095 Bytes kommen mit ihr.',
      ],
      hint: 'Eine Seite ist schon da.',
      after:
        'Einen für jede Seite, die angefasst wird, und keinen für eine, die es nie wird. Deshalb dürfen Programme um mehr bitten, als sie benutzen.',
    },
  ],
};
