import type { LessonWords } from '../../shape.ts';

export const guards: LessonWords = {
  title: 'Was NX, SMEP und SMAP verhindern',
  goal: 'Drei Bits gegen drei Angriffe.',
  steps: [
    {
      body: [
        'Der älteste Angriff: Bytes, die von außen kamen, als Daten, werden als Code ausgeführt. *NX*, Bit 63 eines Eintrags, verbietet das für seine Seite.',
        'Der Fehlercode hat dafür ein Bit I: Code wurde geholt.',
      ],
      task: 'Das Programm springt in seine eigenen Daten. Was wird die CPU tun?',
      hint: 'NX ist 1 im PTE. Alles ist vorhanden; Ring 3 holt Code.',
      after: 'Vorhanden, Ring 3, Code geholt.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie das Programm laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Angehalten vor dem ersten Befehl.',
    },
    {
      body: ['Vor 2004 hatte x86 kein solches Bit.'],
      task: 'Löschen Sie von außen NX im PTE.',
      hint: 'Bit 63 ist das allererste der Bits unter den Tabellen.',
      after: 'Jetzt ist die Seite so, wie damals alle Seiten waren.',
    },
    {
      body: ['Derselbe Sprung noch einmal.'],
      task: 'Lassen Sie das Programm laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Die CPU führt aus, was immer dort liegt.',
    },
    {
      body: [
        'Der zweite Angriff: Ein Fehler im Kernel lässt ihn an eine Adresse springen, die das Programm gewählt hat, mit allen Rechten von Ring 0.',
      ],
      task: 'Der Kernel springt in den Code des Programms. Was wird die CPU tun?',
      hint: 'NX ist 0 in dieser Seite, und US = 1 lässt Ring 3 hinein; wen hält es draußen?',
      after: 'US = 1 lässt Ring 3 hinein. Es hält niemanden draußen.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Ring 0 führt den Code des Programms aus. Die Maschine gehört dem Programm.',
    },
    {
      body: ['*SMEP* von 2011: Der Supervisor darf keinen Code aus Benutzerseiten ausführen.'],
      task: 'Lassen Sie den Kernel CR4.SMEP einschalten.',
      hint: 'Das Kästchen CR4.SMEP ist im Feld „CPU“.',
      after: 'Jetzt zählt US = 1 gegen Ring 0.',
    },
    {
      body: ['Derselbe Sprung noch einmal.'],
      task: 'Was wird die CPU tun?',
      hint: 'Alles ist vorhanden; geschrieben wird nicht; Ring 0; Code wird geholt.',
      after: 'Vorhanden, Ring 0, Code geholt.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Angehalten.',
    },
    {
      body: [
        'Der dritte Angriff: Der Fehler lässt den Kernel nichts ausführen, sondern an einer Adresse lesen oder schreiben, die das Programm gewählt hat.',
      ],
      task: 'Würde SMEP das verhindern?',
      choices: ['Ja.', 'Nein: Es betrifft nur Code.'],
      wrong: ['SMEP achtet auf das Holen von Code. Daten lesen und schreiben gehört nicht dazu.', ''],
      hint: 'Das E steht für Execution, Ausführung.',
      after: '*SMAP* von 2014 tut es: Das A steht für Access, Zugriff.',
    },
    {
      body: ['Mit SMAP darf der Supervisor keine Daten in Benutzerseiten anfassen.'],
      task: 'Lassen Sie den Kernel CR4.SMAP einschalten.',
      hint: 'Das Kästchen CR4.SMAP ist im Feld „CPU“.',
      after: 'Jetzt sind beide an.',
    },
    {
      body: ['Der Kernel liest Daten des Programms, über einen Zeiger, den das Programm gab.'],
      task: 'Was wird die CPU tun?',
      hint: 'Alles ist vorhanden; kein Schreiben; Ring 0; kein Code.',
      after: 'Vorhanden, und sonst nichts.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Wo ein Kernel den Speicher eines Programms lesen will, wie es `read` und `write` müssen, sagt er es für so lange, wie es dauert: mit dem Befehl STAC, und danach CLAC.',
    },
  ],
};
