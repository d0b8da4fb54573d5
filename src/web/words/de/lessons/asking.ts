import type { LessonWords } from '../../shape.ts';

export const asking: LessonWords = {
  title: 'Xen bitten',
  goal: 'Wie ein Gast seine Tabellen dennoch ändert: worauf Xen achtet, und was es einst übersah.',
  steps: [
    {
      body: [
        'Der Kernel will eine eigene Seite, `0xc018_0000`, nur noch lesbar haben, wie vor einem Copy-on-Write. Der Eintrag dafür liegt in seiner ersten Seitentabelle; der Kernel sieht ihn bei `0xc0ff_e600`.',
      ],
      task: 'Er schreibt diesen Eintrag. Was wird die CPU tun?',
      hint: 'Die Seite, in die er schreibt, ist die Seitentabelle. Sehen Sie sich ihr RW an.',
      after:
        'Auf den Wert sieht die CPU gar nicht: Diese Seite ist nur lesbar, und damit ist es entschieden.',
    },
    {
      body: [
        'Harmlos oder nicht, die eigene Hand des Kernels wird aufgehalten. Also bittet er: um denselben Eintrag, denselben Wert.',
      ],
      task: 'Lassen Sie ihn schreiben, dann bitten.',
      hint: 'Drücken Sie zweimal „Ausführen“. `mmu_update` ist der Ruf an Xen.',
      after:
        '0 heißt: getan. Xen schrieb den Eintrag, denn weniger Rechte schaden niemandem. RW der Seite ist jetzt 0.',
    },
    {
      body: [
        'Xen zählt zu jedem Rahmen, als was er benutzt wird: als Seitentabelle, als Verzeichnis, als schreibbare Seite. Eines schließt die anderen aus.',
      ],
      task: 'Der Kernel bittet um RW in dem Eintrag, der sein Verzeichnis abbildet. Was antwortet Xen?',
      choices: [
        'Nichts: Vorher gibt es einen Seitenfehler.',
        'Xen tut es: Die Seite gehört dem Kernel.',
        'Xen lehnt ab: Ein Verzeichnis darf nie schreibbar sein.',
      ],
      wrong: [
        'Der Ruf ändert keinen Speicher des Kernels: Er führt in Ring 0, und Xen liest, worum gebeten wird.',
        'Sie gehört ihm. Aber mit RW könnte der Kernel dort jeden beliebigen Eintrag schreiben.',
        '',
      ],
      hint: 'Was würde der Kernel mit einem Verzeichnis anfangen, das er schreiben kann?',
      after: 'Das war der Fehler, den Sie in der Lektion davor gespielt haben. Xen macht ihn nicht.',
    },
    {
      body: ['Sehen Sie, was Xen sagt.'],
      task: 'Lassen Sie ihn bitten.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after: '−22 ist EINVAL. Der Eintrag ist, wie er war: Sehen Sie auf RW.',
    },
    {
      body: [
        'Rahmennummern sind kein Geheimnis: Ein Gast darf jede nennen. Aber jeder Rahmen hat einen Besitzer.',
      ],
      task: 'Lassen Sie den Kernel um eine Seite einer anderen Domäne bitten, dann um eine von Xen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after:
        'Zwei Rahmen, zwei Besitzer, zwei Absagen. So bildet ein Gast seinen eigenen Speicher ab und keinen anderen.',
    },
    {
      body: [
        'Rufe sind langsam, darum schickt ein Kernel viele Änderungen in einem. Von dreien ist die zweite verboten.',
      ],
      task: 'Welche werden ausgeführt?',
      choices: ['keine: alles oder nichts', 'die erste', 'die erste und die dritte'],
      wrong: [
        'Xen geht einmal durch die Liste und nimmt nichts zurück: Jede Änderung ist für sich sicher.',
        '',
        'Nach einer Absage liest Xen nicht weiter: Der Kernel irrt sich über seine eigenen Tabellen.',
      ],
      hint: 'Xen prüft eine Änderung, schreibt sie und geht zur nächsten.',
      after: 'Was vor der Absage getan wurde, bleibt.',
    },
    {
      body: ['Sehen Sie selbst.'],
      task: 'Lassen Sie ihn bitten.',
      hint: 'Drücken Sie hier „Ausführen“.',
      after:
        'Die Antwort sagt, welche es war. RW der Seite ist 0, durch die erste; die dritte ist wie vorher.',
    },
    {
      body: [
        'Noch etwas ist erlaubt: Ein Verzeichnis darf als Seitentabelle abgebildet werden, ohne RW. Dann sieht der Kernel seine eigenen Einträge an der Adresse 0.',
        'Danach bittet er um ein Bit mehr.',
      ],
      task: 'Lassen Sie ihn zweimal bitten.',
      hint: 'Drücken Sie zweimal „Ausführen“ und sehen Sie auf RW.',
      after: 'Der zweite Ruf ist das, was Xen vorhin abgelehnt hat, auf anderem Weg. Und die Antwort war 0.',
    },
    {
      body: [
        'Das Verzeichnis ist offen. Der Kernel trägt Xens Speicher in Slot 1 ein, indem er selbst schreibt.',
      ],
      task: 'Lassen Sie es laufen.',
      hint: 'Drücken Sie zweimal „Ausführen“.',
      after:
        'Kein Fehler, kein Ruf, keine Prüfung: Der Gast liest Xens eigenes Abbild und könnte es schreiben.',
    },
    {
      body: ['Das ist nicht erfunden: So antwortete Xen im Jahr 2004.'],
      task: 'Welche Prüfung fehlte?',
      choices: [
        'Änderte sich nur ein Flag und nicht der Rahmen, so wurde nicht geprüft.',
        'Der Besitzer des Rahmens wurde nicht angesehen.',
        'Die CPU sah nicht auf RW.',
      ],
      wrong: [
        '',
        'Das Verzeichnis gehört dem Gast: Er darf es abbilden, nur nicht schreibbar.',
        'Doch: RW ist in beiden Einträgen 1, weil Xen es gesetzt hat.',
      ],
      hint: 'Vergleichen Sie die beiden Werte, um die gebeten wurde. Was ist verschieden?',
      after:
        'Gefunden 2016 als XSA-182, zwölf Jahre später. Im Feld „Xen“ unter der Zeichnung können Sie um mehr bitten.',
    },
  ],
};
