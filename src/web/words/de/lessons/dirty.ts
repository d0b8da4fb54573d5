import type { LessonWords } from '../../shape.ts';

export const dirty: LessonWords = {
  title: 'Benutzt und beschrieben',
  goal: 'Die zwei Bits, die die CPU selbst in die Tabellen schreibt.',
  steps: [
    {
      body: [
        'Alle Bits bisher hat Software geschrieben. Zwei schreibt die CPU: A, *accessed* (benutzt), wenn ein Eintrag benutzt wird; D, *dirty* (beschrieben), wenn die Seite beschrieben wird. Software löscht sie und sieht später nach.',
      ],
      task: 'Löschen Sie A, Bit 5, im PTE von `0xc020_0000`. Sie tun es von außen, an Stelle von Xen.',
      hint: 'Bit 5 ist in der untersten Reihe des violetten Eintrags, mit einem A darunter.',
      after: 'Das tut ein System, das wissen will, welche Seiten noch benutzt werden.',
    },
    {
      body: ['Der Kernel wird die Seite lesen.'],
      task: 'Welches der beiden Bits wird die CPU im PTE setzen?',
      choices: ['keines', 'A', 'D', 'beide'],
      wrong: [
        'Der Eintrag wird für den Durchlauf benutzt, und das vermerkt die CPU.',
        '',
        'D ist für Schreibzugriffe. Hier wird gelesen.',
        'A, ja. Aber D ist für Schreibzugriffe, und hier wird gelesen.',
      ],
      hint: 'A sagt „wurde benutzt“, D sagt „wurde beschrieben“.',
      after: 'Benutzt, aber nicht beschrieben.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel lesen.',
      hint: 'Drücken Sie hier „Ausführen“ und achten Sie auf Bit 5.',
      after: 'A ist 1: Die CPU hat es geschrieben. D ist immer noch 0.',
    },
    {
      body: [
        'Angenommen, die Seite kam von der Platte. Muss sie zurückgeschrieben werden, wenn sie weichen soll? D sagt es.',
      ],
      task: 'Lassen Sie den Kernel schreiben.',
      hint: 'Drücken Sie hier „Ausführen“ und achten Sie auf Bit 6.',
      after: 'D ist 1: Die Seite im Speicher ist neuer als die auf der Platte.',
    },
    {
      body: [
        'Angenommen, sie wurde auf die Platte geschrieben. D wird gelöscht, um vom nächsten Schreiben zu erfahren.',
      ],
      task: 'Löschen Sie D, Bit 6, im PTE.',
      hint: 'Es steht links von A in der untersten Reihe des violetten Eintrags.',
      after: 'Als wäre die Seite nie beschrieben worden.',
    },
    {
      body: [
        'Die CPU merkt sich Übersetzungen in ihrem *TLB*; Sie sehen sie im Feld unten. Diese sagt, dass D schon gesetzt ist.',
      ],
      task: 'Der Kernel schreibt wieder. Wie steht D danach im Speicher?',
      choices: ['1', '0'],
      wrong: [
        'Nur ein Durchlauf setzt D. Macht die CPU einen, wenn ihr TLB die Übersetzung enthält, und D dazu?',
        '',
      ],
      hint: 'Sehen Sie sich die Zeile im TLB an: Sie ist veraltet, denn nur im Speicher ist D gelöscht.',
      after: 'Sie macht keinen Durchlauf, also schreibt sie nichts in die Tabelle.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel schreiben.',
      hint: 'Drücken Sie hier „Ausführen“ und achten Sie auf Bit 6.',
      after: 'D blieb 0, obwohl die Seite beschrieben wurde! Das System würde jetzt Daten verlieren.',
    },
    {
      body: ['Wer einen Eintrag ändert, muss es dem TLB sagen: INVLPG lässt die CPU eine Seite vergessen.'],
      task: 'Lassen Sie Xen das tun, und den Kernel noch einmal schreiben.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after: 'D ist 1. Die nächste Lektion handelt von denen, die das vergessen.',
    },
  ],
};
