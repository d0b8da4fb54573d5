import type { LessonWords } from '../../shape.ts';

export const reach: LessonWords = {
  title: 'Wie weit ein TLB reicht',
  goal: 'Warum eine Schleife über viel Speicher langsam sein kann, obwohl jedes Byte da ist.',
  steps: [
    {
      body: [
        'Hier läuft ein gewöhnlicher Kernel in Ring 0 und ein Programm in Ring 3, auf einem Pentium III. Sein TLB fasst 64 Übersetzungen kleiner Seiten.',
        'Das Programm liest ein Wort in jeder von 32 Seiten seines Heaps.',
      ],
      task: 'Lassen Sie es laufen, und sehen Sie, wie oft ein Durchlauf nötig war.',
      hint: 'Drücken Sie hier „Ausführen“. Die Zeile unter der Zeichnung sagt es.',
      after: '32 Seiten, 32 Durchläufe: Jede war neu.',
    },
    {
      body: ['Dieselbe Schleife ein zweites Mal.'],
      task: 'Wie oft ist jetzt ein Durchlauf nötig?',
      choices: ['nie', '32-mal', '64-mal'],
      wrong: [
        '',
        'Was einmal nachgeschlagen wurde, steht im TLB. Ist dort Platz für 32 Zeilen?',
        'Es sind nur 32 Seiten, und sie wurden schon nachgeschlagen.',
      ],
      hint: 'Sehen Sie in das Feld: Die 32 Zeilen sind noch da.',
      after: 'Alle 32 stehen im TLB.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie es laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        '32 Treffer. Diese Schleife läuft mit voller Geschwindigkeit. Auf der Zeitachse im Feld ist sie ein flacher Strich: Keine Tabelle wurde gelesen.',
    },
    {
      body: [
        'Jetzt geht die Schleife über 128 Seiten, zweimal. Die Zeile, die am längsten nicht benutzt wurde, macht einer neuen Platz.',
      ],
      task: 'Wie oft ist in der zweiten Runde ein Durchlauf nötig?',
      choices: ['nie', '64-mal: Die Hälfte ist noch da', '128-mal'],
      wrong: [
        '128 Zeilen passen nicht in einen TLB mit 64.',
        'Wenn die Schleife wieder zu Seite 0 kommt: Welche Zeilen wurden eben benutzt, und welche sind gewichen?',
        '',
      ],
      hint: 'Nach der ersten Runde enthält der TLB die letzten 64 Seiten. Die zweite Runde beginnt mit der ersten.',
      after: 'Jede Seite wird hinausgedrängt, kurz bevor sie an der Reihe ist.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie es zweimal laufen.',
      hint: 'Drücken Sie zweimal „Ausführen“, und lesen Sie die Zeile unter der Zeichnung.',
      after:
        'Ein Durchlauf für jeden einzelnen Zugriff, wie die Balken der Zeitachse zeigen. Nichts ist falsch, es ist nur langsam.',
    },
    {
      body: [
        'Ab `0x8000_0000` hat der Kernel dem Programm eine *große Seite* von 4 MiB gegeben. Das Programm liest dort 1024 Wörter, jedes 4096 Bytes weiter.',
      ],
      task: 'Wie oft ist ein Durchlauf nötig?',
      choices: ['1024-mal', '64-mal', 'einmal'],
      wrong: [
        'Ein Durchlauf übersetzt eine ganze Seite. Wie groß ist diese?',
        '64 ist die Zahl der Zeilen für kleine Seiten. Wie viele Seiten sind das hier?',
        '',
      ],
      hint: 'Die Zeichnung zeigt einen Eintrag weniger: Der PDE nennt die Seite selbst.',
      after: 'Es ist eine Seite, also ein Durchlauf und eine Zeile.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie es laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: '1023 Treffer.',
    },
    {
      body: ['Die *Reichweite* eines TLB ist der Speicher, den er ohne Durchlauf übersetzt.'],
      task: 'Wie weit reichen die 64 Zeilen für kleine Seiten?',
      choices: ['256 KiB', '256 MiB', '4 GiB'],
      wrong: [
        '',
        'So weit würden 64 Zeilen zu 4 MiB reichen. Kleine Seiten haben 4 KiB.',
        'Das ist alles, was sich adressieren lässt. 64 Zeilen zu 4 KiB sind viel weniger.',
      ],
      hint: '64 × 4 KiB.',
      after:
        'Ein viertel MiB: weniger als die Caches derselben CPU. Ihre 8 Zeilen für große Seiten reichen 32 MiB weit. Deshalb verlangen Datenbanken große Seiten.',
    },
  ],
};
