import type { LessonWords } from '../../shape.ts';

export const backwards: LessonWords = {
  title: 'Rückwärts gebaut',
  goal: 'Wie Xens Domain Builder einen neuen Gast von der letzten Seite her anlegt, und worum er Xen bittet.',
  steps: [
    {
      body: [
        'Wer macht die ersten Tabellen eines Gastes, bevor er läuft? Der *Domain Builder*, ein Programm in dem einen Gast, der die anderen verwalten darf. Er legt zuerst den Kernel ab, dann das initrd, die erste Platte des Kernels.',
        'Tabellen nimmt er vom anderen Ende: Jede, die er braucht, ist die letzte Seite, die noch frei ist.',
      ],
      task: 'Die erste, die er braucht, ist das Verzeichnis. Welche Seite nimmt er?',
      choices: ['die erste Seite', 'die Seite hinter dem initrd', 'die allerletzte Seite'],
      wrong: ['Dort liegt der Kernel.', 'Das wäre vorwärts. Er zählt vom anderen Ende.', ''],
      hint: 'Er nimmt die letzte Seite, die noch frei ist, und noch ist keine vergeben.',
      after: 'Seite n − 1.',
    },
    {
      body: ['Die Karte zeigt den Speicher des Gastes, wie er angelegt wurde.'],
      task: 'Gehen Sie dorthin.',
      hint: 'Klicken Sie auf „Seitenverzeichnis“ am rechten Ende des zweiten Balkens der Karte, oder wählen Sie es in „Gehe zu …“.',
      after: '0xc0ff_f000, die letzte Seite von allen.',
    },
    {
      body: [
        'Dann geht er durch alle Seiten, von der ersten an. Für die erste Seite braucht er eine Seitentabelle.',
      ],
      task: 'Gehen Sie zu der Seite, die die erste Seitentabelle wird.',
      hint: 'Die Seite vor dem Verzeichnis: Klicken Sie auf die vorletzte der 16 Seiten der Karte.',
      after: 'Seite n − 2. Die zweite Tabelle wird n − 3: Die Tabellen liegen in umgekehrter Reihenfolge.',
    },
    {
      body: ['Der Gast hat 4096 Seiten. Eine Tabelle hat 1024 Einträge.'],
      task: 'Wie viele Seitentabellen sind nötig?',
      choices: ['1', '4', '5'],
      wrong: [
        'In einer Tabelle ist nur für 1024 Seiten Platz.',
        '',
        'Seine Adressen beginnen bei einem Vielfachen von 4 MiB, also wird keine Tabelle nur zum Teil benutzt.',
      ],
      hint: '4096 geteilt durch 1024.',
      after: 'Vier, von `0xc0ff_e000` abwärts bis `0xc0ff_b000`.',
    },
    {
      body: [
        'Der Builder schreibt die Einträge nicht selbst: Für jeden schickt er Xen zwei Zahlen, wohin und was. Xen prüft und schreibt.',
      ],
      task: 'Gehen Sie zurück zum Anfang, und dann weiter, bis die erste Seite abgebildet ist.',
      hint: 'Drücken Sie „Zum Anfang“, dann dreimal „Nächste Anfrage“, und beobachten Sie die Zeichnung.',
      after:
        'Erst wurde das Verzeichnis festgehalten, leer bis auf Xens Einträge; dann bekam es eine Tabelle, und diese einen Eintrag.',
    },
    {
      body: [
        'Die meisten Einträge enden auf `23`: vorhanden, schreibbar, benutzt. Die Seiten der Tabellen müssen von Anfang an nur lesbar sein.',
      ],
      task: 'Gehen Sie weiter bis zur ersten Anfrage, die eine Seite nur lesbar abbildet.',
      hint: 'Es gibt einen Knopf, der zur nächsten geht.',
      after: 'Er endet auf `21`: RW ist 0. Sonst würde Xen sich weigern, das Verzeichnis festzuhalten.',
    },
    {
      body: [
        'Unter der untersten Tabelle bleibt eine Seite frei: Der Builder nahm seinen Index minus eins. Echte Software hat solche Ecken.',
      ],
      task: 'Bauen Sie bis zum Ende, und gehen Sie zu start_info, der Seite darunter: Sie liest der Kernel zuerst.',
      hint: 'Drücken Sie „Zum Ende“, dann wählen Sie „start_info“ in „Gehe zu …“.',
      after: 'Hier findet der Gast Speicher, Verzeichnis und Kommandozeile. Er startet.',
    },
  ],
};
