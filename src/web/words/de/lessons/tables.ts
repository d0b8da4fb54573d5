import type { LessonWords } from '../../shape.ts';

export const tables: LessonWords = {
  title: 'Warum die Tabellen nur lesbar sind',
  goal: 'Warum ein Kernel nicht in sein eigenes Seitenverzeichnis schreiben darf, und was er sonst täte.',
  steps: [
    {
      body: [
        'Auf dieser Maschine läuft Xen in Ring 0 und darüber ein Linux-Gast, dessen Kernel in Ring 1 läuft. Die Seitentabellen des Gastes liegen in seinem eigenen Speicher, abgebildet wie jede andere Seite. Sein Verzeichnis ist die allerletzte.',
      ],
      task: 'Sehen Sie sich das Verzeichnis als Adresse des Gastes an: `0xc0ff_f000`.',
      hint: 'Wählen Sie „Seitenverzeichnis“ in der Liste „Gehe zu …“ oben rechts, oder klicken Sie es in der Karte an.',
      after: 'Die CPU geht durch das Verzeichnis, um das Verzeichnis zu finden. Daran ist nichts falsch.',
    },
    {
      body: ['Der Kernel will eine Seite abbilden, also schreibt er in sein Verzeichnis.'],
      task: 'Was wird die CPU tun?',
      hint: 'Sehen Sie sich RW, Bit 1, in beiden Einträgen an. CR0.WP ist 1: RW bindet auch den Kernel. Und wer handelt?',
      after: 'P: Alles ist vorhanden. W: Es wird geschrieben. U ist 0: Ring 1 zählt als Supervisor.',
    },
    {
      body: ['Lassen Sie es den Kernel versuchen.'],
      task: 'Lassen Sie ihn laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: 'Der Kernel darf nicht in sein eigenes Seitenverzeichnis schreiben.',
    },
    {
      body: ['Das schuldige Bit ist rot.'],
      task: 'Warum gab es den Fehler?',
      choices: [
        'Das Verzeichnis ist nicht abgebildet.',
        'In seinem PTE ist RW = 0, und CR0.WP = 1 bindet sogar den Kernel daran.',
        'Der Kernel läuft in Ring 3.',
      ],
      wrong: [
        'Dann wäre P im Fehlercode 0. Es ist 1: Die Seite war da, ein Recht fehlte.',
        '',
        'Dann wäre U im Fehlercode 1. Der Kernel des Gastes läuft in Ring 1.',
      ],
      hint: 'P = 1: Die Seite war da. U = 0: Es war nicht Ring 3.',
      after: 'So viel zum Wie. Nun dazu, warum jemand das so haben will.',
    },
    {
      body: [
        'Aller Speicher, den ein Gast benutzen darf, steht in seinen Tabellen; aller andere ist außer Reichweite. Es sei denn, er kann seine Tabellen schreiben.',
        'Angenommen, Xen macht einen Fehler und öffnet das Verzeichnis. Sie spielen diesen Fehler, von außerhalb der Maschine.',
      ],
      task: 'Setzen Sie RW in PTE[1023], dem Eintrag, der das Verzeichnis abbildet.',
      hint: 'Es ist das rote Bit 1 im violetten Eintrag.',
      after: 'Jetzt steht das Verzeichnis, und nur dieses, dem Kernel offen.',
    },
    {
      body: [
        'Das Verzeichnis hat 1024 Einträge. Die Tabellen, zu denen sie führen, liegen auf eigenen Seiten.',
      ],
      task: 'Welche Einträge kann der Kernel jetzt schreiben?',
      choices: [
        'jeden Eintrag jeder Tabelle',
        'die des Verzeichnisses und keine anderen',
        'keinen: WP ist immer noch 1',
      ],
      wrong: [
        'Die anderen Tabellen werden von anderen PTEs abgebildet, und dort ist RW immer noch 0.',
        '',
        'WP macht RW = 0 verbindlich. Im PTE des Verzeichnisses ist RW jetzt 1.',
      ],
      hint: 'Welche Seite haben Sie geöffnet? Sehen Sie sich `0xc0ff_e000` an, die erste Seitentabelle.',
      after: 'Die erste Seitentabelle ist so verschlossen wie zuvor. Lassen Sie es den Kernel versuchen.',
    },
    {
      body: ['Er würde gern einen Eintrag der ersten Seitentabelle schreiben.'],
      task: 'Lassen Sie ihn laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Wieder ein Fehler. Aber ein Kernel, der sein Verzeichnis schreiben kann, braucht keine alte Tabelle: Er macht sich eine neue.',
    },
    {
      body: [
        'Er nimmt eine eigene Seite, schreibt einen Eintrag hinein, der den Speicher von Xen nennt, findet heraus, in welchem Rahmen sie liegt, und hängt sie als Seitentabelle in sein Verzeichnis.',
      ],
      task: 'Lassen Sie ihn laufen, einen Befehl nach dem anderen.',
      hint: 'Drücken Sie dreimal „Ausführen“ und achten Sie darauf, wer was wohin schreibt.',
      after: 'Nichts davon gab einen Fehler. Eine Seite, die Daten enthielt, ist jetzt eine Seitentabelle.',
    },
    {
      body: ['Die gefälschte Tabelle hängt in Eintrag 0 des Verzeichnisses, für die Adressen von 0 an.'],
      task: 'Der Kernel liest Adresse 0. Wohin führt das?',
      choices: [
        'ins Nichts: Eintrag 0 ist nicht vorhanden',
        'zu der Seite, in der er die Tabelle gefälscht hat',
        'in den Speicher von Xen',
      ],
      wrong: [
        'Das war er nicht, aber der Kernel hat ihn eben geschrieben.',
        'Diese Seite ist jetzt die Tabelle. Ihr Eintrag 0 nennt die Seite, die gelesen wird.',
        '',
      ],
      hint: 'Eintrag 0 der gefälschten Tabelle ist `0x0010_0063`: Welche physische Adresse ist das?',
      after: 'An der physischen Adresse `0x0010_0000` liegt Xen selbst.',
    },
    {
      body: ['Sehen Sie nach.'],
      task: 'Lassen Sie ihn laufen.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Der Gast liest Xen, und RW ist auf dem ganzen Weg 1: Er könnte es auch schreiben. Wer Seitentabellen schreibt, dem gehört die Maschine.',
    },
    {
      body: ['Gut, dass dies nur eine Webseite ist. Stellen Sie alles wieder so her, wie Xen es hatte.'],
      task: 'Beginnen Sie von vorn.',
      hint: 'Der Knopf „Von vorn“ ist oben rechts; „Rückgängig“ nimmt eines nach dem anderen zurück.',
      after:
        'Das Verzeichnis ist wieder nur lesbar, die gefälschte Tabelle ist fort, und der Gast ist eingesperrt.',
    },
    {
      body: ['Aber ein Kernel muss seine Tabellen den ganzen Tag ändern, für jedes Programm, das startet.'],
      task: 'Wie also ändert er sie unter Xen?',
      choices: [
        'Er bittet Xen; das prüft jeden Eintrag und schreibt ihn.',
        'Er löscht vorher CR0.WP.',
        'Er lässt ein Programm in Ring 3 sie schreiben.',
      ],
      wrong: [
        '',
        'Steuerregister lassen sich nur in Ring 0 schreiben, und dort ist Xen.',
        'Ring 3 darf weniger als der Kernel: US ist 0 in diesen Einträgen.',
      ],
      hint: 'Wer läuft in Ring 0?',
      after:
        'Das Schreiben gibt einen Fehler, weil RW im PTE des Verzeichnisses 0 ist und CR0.WP den Kernel daran bindet. Es muss so sein: Wer Seitentabellen schreibt, erreicht allen Speicher. Deshalb schreibt sie allein Xen, auf Anfrage.',
    },
  ],
};
