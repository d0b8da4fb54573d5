import type { LessonWords } from '../../shape.ts';

export const cow: LessonWords = {
  title: 'Fork und Copy-on-Write',
  goal: 'Wie sich ein Programm mit viel Speicher im Nu verdoppeln lässt.',
  steps: [
    {
      body: [
        'Das Programm hat eben `fork` aufgerufen: Jetzt gibt es zwei, Elternprozess und Kindprozess, mit gleichem Speicher. Jeder hat eigene Tabellen.',
      ],
      task: 'Wie viel von den Daten des Programms hat der Kernel dafür kopiert?',
      choices: ['alles', 'die Hälfte', 'nichts'],
      wrong: [
        'Die meisten Kindprozesse rufen sofort ein anderes Programm auf, und die Kopie wäre umsonst.',
        'Welche Hälfte würde zuerst gebraucht? Das kann niemand wissen.',
        '',
      ],
      hint: 'Verschiedene Tabellen können dieselben Rahmen nennen.',
      after: 'Die Tabellen des Kindes nennen die Rahmen des Elternprozesses.',
    },
    {
      body: [
        'Der Elternprozess läuft; dann lässt der Kernel das Kind laufen, indem er CR3 mit dessen Verzeichnis lädt.',
      ],
      task: 'Lassen Sie alle drei laufen, und vergleichen Sie, wohin das Lesen führt.',
      hint: 'Drücken Sie dreimal „Ausführen“. Die Karte markiert den Rahmen.',
      after: 'Zwei Verzeichnisse, ein Rahmen. Und sehen Sie RW an: Es ist in beiden 0.',
    },
    {
      body: ['Jetzt schreibt das Kind in seine Daten. Das darf es, glaubt es.'],
      task: 'Was wird die CPU tun?',
      hint: 'Sehen Sie sich RW im PTE an; alles ist vorhanden; Ring 3 schreibt.',
      after: 'Vorhanden, aber nicht schreibbar.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie das Kind laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Der Handler wird gerufen.',
    },
    {
      body: [
        'Ein Programm, das schreibt, wo es nicht darf, bekommt genau denselben Fehlercode und wird dafür beendet.',
      ],
      task: 'Wie unterscheidet der Handler die beiden?',
      choices: [
        'an CR2',
        'an seiner eigenen Liste dessen, was das Programm schreiben darf',
        'gar nicht; er versucht selbst zu schreiben',
      ],
      wrong: [
        'CR2 sagt, wo. Ob das Programm dort schreiben darf, sagt es nicht.',
        '',
        'Auch das Schreiben des Kernels gäbe einen Fehler: CR0.WP ist 1.',
      ],
      hint: 'RW = 0 im Eintrag sagt nicht, warum. Jemand muss es sich merken.',
      after:
        'Der Eintrag ist nur lesbar, die Liste sagt schreibbar: Also ist die Seite geteilt, und es ist Zeit zu kopieren.',
    },
    {
      body: [
        'Der Kernel kopiert diese eine Seite, trägt die Kopie mit RW = 1 in die Tabelle des Kindes ein und sagt es dem TLB.',
      ],
      task: 'Lassen Sie ihn laufen, und dann den Befehl des Kindes noch einmal.',
      hint: 'Drücken Sie viermal „Ausführen“. Der Kernel benutzt seine eigene Abbildung des ganzen RAM, ab `0xc000_0000`.',
      after: 'Das Kind hat in einen eigenen Rahmen geschrieben.',
    },
    {
      body: ['Das Wort war vorher `0x0000_0010`; das Kind schrieb `0x0000_0063`.'],
      task: 'Was liest der Elternprozess dort jetzt?',
      choices: ['`0x0000_0010`', '`0x0000_0063`', 'einen Seitenfehler'],
      wrong: [
        '',
        'Das steht in der Kopie des Kindes. Der Eintrag des Elternprozesses wurde nicht geändert.',
        'Die Seite des Elternprozesses ist vorhanden, und Lesen ist erlaubt.',
      ],
      hint: 'Welchen Rahmen nennt der Eintrag des Elternprozesses?',
      after: 'Für den Elternprozess ist nichts geschehen.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel das Verzeichnis des Elternprozesses laden, und diesen lesen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after: 'Ein fork, eine beschriebene Seite, eine Kopie.',
    },
    {
      body: [
        'Jetzt schreibt der Elternprozess in dieselbe Seite. In seinem Eintrag ist RW immer noch 0, also gibt es einen Fehler.',
      ],
      task: 'Muss der Kernel wieder kopieren?',
      choices: [
        'Ja, wer schreibt, bekommt eine Kopie.',
        'Nein: Niemand teilt den Rahmen mehr, also genügt RW = 1.',
      ],
      wrong: ['Für wen würde der alte Rahmen aufgehoben? Das Kind benutzt ihn nicht mehr.', ''],
      hint: 'Wie viele Einträge nennen den alten Rahmen noch?',
      after:
        'Ein Kernel zählt, wie viele Einträge einen Rahmen nennen. Wer als Letzter übrig bleibt, behält ihn.',
    },
  ],
};
