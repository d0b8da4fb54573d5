import type { LessonWords } from '../../shape.ts';

export const wp: LessonWords = {
  title: 'Wozu WP gut ist',
  goal: 'Was eine Nur-Lese-Seite ohne CR0.WP wert ist.',
  steps: [
    {
      body: [
        'Der Kernel des Gastes ist dabei, in sein nur lesbares Seitenverzeichnis zu schreiben. Der 386 von 1985 ist älter als der Schalter CR0.WP.',
      ],
      task: 'Setzen Sie von außen einen `i386` ein.',
      hint: 'Die CPU wählt man im Feld „CPU“ unter der Zeichnung.',
      after: 'Der Schalter CR0.WP ist fort: Diese CPU hat keinen.',
    },
    {
      body: ['Auf einem 386 bindet RW = 0 nur Ring 3.'],
      task: 'Der Kernel schreibt in sein Verzeichnis. Was wird geschehen?',
      hint: 'Der Kernel läuft in Ring 1.',
      after: 'Nichts hält ihn auf.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Kein Fehler! Auf einem 386 könnte kein Xen seine Gäste einsperren.',
    },
    {
      body: [
        'Neuere CPUs können sich wie der 386 verhalten: CR0.WP ist ein Schalter, den Ring 0 umlegen kann.',
      ],
      task: 'Setzen Sie eine CPU ab dem `i486` ein, und lassen Sie Xen CR0.WP ausschalten.',
      hint: 'Im Feld „CPU“: erst die CPU wählen, dann das Kästchen CR0.WP leeren.',
      after: 'WP ist jetzt 0.',
    },
    {
      body: ['Derselbe Schreibzugriff noch einmal, auf einer CPU, die den Schalter hat, und er ist aus.'],
      task: 'Was wird geschehen?',
      hint: 'Mit WP = 0 verhält sich eine neue CPU wie ein 386.',
      after: 'Wie auf dem 386.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Wieder kein Fehler: Mit WP = 0 schreibt der Supervisor, wohin er will.',
    },
    {
      body: [
        'Es gibt vier Arten von Zugriffen: Kernel oder Programm, lesen oder schreiben. Probieren Sie sie oben aus, wenn Sie mögen.',
      ],
      task: 'Welche davon ändert CR0.WP?',
      choices: [
        'alle Schreibzugriffe',
        'Schreibzugriffe des Kernels, Ring 0 bis 2',
        'Schreibzugriffe von Programmen, Ring 3',
      ],
      wrong: [
        'Ein Programm konnte noch nie in eine Seite mit RW = 0 schreiben, gleich wie WP steht.',
        '',
        'Ein Programm konnte noch nie in eine Seite mit RW = 0 schreiben, gleich wie WP steht. Wen könnte es sonst binden?',
      ],
      hint: 'Wählen Sie oben „Programm“ und „schreiben“, und legen Sie WP um: Nichts ändert sich.',
      after: 'Es macht „nur lesen“ auch für den Supervisor wahr.',
    },
    {
      body: ['Xen läuft immer mit gesetztem WP.'],
      task: 'Lassen Sie Xen CR0.WP wieder einschalten.',
      hint: 'Das Kästchen CR0.WP ist im Feld „CPU“.',
      after: 'RW = 0 bindet wieder alle.',
    },
    {
      body: ['Ein letzter Versuch.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Ein Fehler. Ein Bit in einem Register, und auf ihm stehen die Mauern um jeden Gast.',
    },
  ],
};
