import type { LessonWords } from '../../shape.ts';

export const segments: LessonWords = {
  title: 'Warum Paging Ring 1 nicht von Xen fernhalten kann',
  goal: 'Wo der Schutz durch Seitentabellen endet, und was Xen dagegen tat.',
  steps: [
    {
      body: [
        'Xen wohnt in den obersten 64 MiB des Adressraums jedes Gastes. Dort ist es abgebildet, damit ein Aufruf von Xen keinen Wechsel der Tabellen braucht. Ein Programm darf nicht herankommen.',
      ],
      task: 'Ein Programm liest `0xfc50_0000`, in Xen. Was wird die CPU tun?',
      hint: 'Sehen Sie sich US, Bit 2, im PDE an. Alles ist vorhanden; es wird gelesen; Ring 3 tut es.',
      after: 'Vorhanden, kein Schreiben, Ring 3.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie das Programm laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Programme werden durch die Seitentabellen ferngehalten.',
    },
    {
      body: ['Xen läuft in Ring 0. Der Kernel des Gastes läuft in Ring 1, damit er weniger darf als Xen.'],
      task: 'Der Kernel des Gastes liest dieselbe Adresse. Was wird die CPU tun?',
      hint: 'Für das Paging sind die Ringe 0, 1 und 2 alle der Supervisor.',
      after: 'Nichts steht ihm im Weg.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Der Kernel des Gastes liest Xen, wie er will. Und RW ist 1: Er könnte auch schreiben.',
    },
    {
      body: ['Sehen Sie sich die Bits des Eintrags an. Die CPU hat vier Ringe.'],
      task: 'Welches Bit ließe Ring 0 hinein und hielte Ring 1 draußen?',
      choices: ['US', 'RW', 'G', 'keines davon'],
      wrong: [
        'US unterscheidet Ring 3 von den übrigen. Die Ringe 0, 1 und 2 sind für US gleich.',
        'RW unterscheidet Lesen von Schreiben, nicht einen Ring vom anderen.',
        'Bei G geht es um den TLB, nicht um Rechte.',
        '',
      ],
      hint: 'US unterscheidet Ring 3 von den übrigen.',
      after: 'Das Paging kennt zwei Arten von Leuten, und Xen hat drei.',
    },
    {
      body: [
        'Also benutzt Xen eine ältere Mauer: *Segmente*. Jeder Zugriff geht durch ein Segment, dessen Grenze geprüft wird, bevor die Seitentabellen gefragt werden. Xens Segmente für Ring 1 und 3 enden bei `0xfc3f_ffff`.',
      ],
      task: 'Schalten Sie die Segmentgrenze ein.',
      hint: '„Segmentgrenze“ ist im Feld „CPU“.',
      after: 'Von jetzt an gehen Ring 1 und 3 durch diese Segmente.',
    },
    {
      body: ['Der Kernel liest noch einmal.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Allgemeine Schutzverletzung, #GP. Es gibt überhaupt keinen Durchlauf: Das Paging wurde nie gefragt.',
    },
    {
      body: [
        'Die Grenze liegt nicht bei `0xfc00_0000`, wo der Bereich von Xen beginnt, sondern 4 MiB darüber. Dort liegt eine Tabelle, die dem Gast sagt, wie seine Rahmen heißen.',
      ],
      task: 'Der Kernel liest bei `0xfc00_0000`, mit eingeschalteter Grenze. Was geschieht?',
      choices: ['Es gelingt.', '#GP, vom Segment.', '#PF, von den Seitentabellen.'],
      wrong: [
        '',
        'Die Grenze ist `0xfc3f_ffff`. Liegt `0xfc00_0000` darüber?',
        'Die Tabellen lassen den Supervisor dort lesen; nur RW ist 0.',
      ],
      hint: 'Vergleichen Sie mit `0xfc3f_ffff`.',
      after: 'Unterhalb der Grenze, und lesbar.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie den Kernel laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Segmente halten den Gast von Xen fern, das Paging macht diese Tabelle nur lesbar, und beide zusammen sind Xens Mauer von 2004.',
    },
  ],
};
