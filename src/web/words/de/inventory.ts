import type { Words } from '../en/index.ts';

export const INVENTORY: Words['inventory'] = {
  title: 'Konzepttest',
  lead: (count) =>
    `${count} Fragen dazu, was Sie vom Paging glauben: einmal vor einem Kurs und einmal danach, über andere Bytes. Dieselbe Nummer ist überall derselbe Test.`,
  link: 'Der Konzepttest: Was glauben Sie vom Paging?',
  form: 'Wann',
  forClass: 'Für eine Gruppe',
  answered: (answered, count) => `${answered} von ${count} beantwortet`,
  finish: 'Zum Ergebnis',
  unanswered: 'nicht beantwortet',
  score: (right, count) => `${right} von ${count} sind richtig`,
  means: 'Wer wählt, was Sie gewählt haben, glaubt meist dies, und nichts davon stimmt:',
  believed: (text) => `So wäre es, wenn dies gälte: ${text}`,
  lesson: (title) => `Selbst sehen: ${title}`,
  student: 'Ihr Name für die Lehrenden (darf leer sein)',
  save: 'Meine Antworten speichern, zum Abgeben',
};

export const INVENTORY_TEACHER: Words['inventoryTeacher'] = {
  caption: 'Konzepttest: richtige Antworten',
  gain: (percent) =>
    `Von dem, was zwischen den beiden Tests zu gewinnen war, hat die Gruppe ${percent} % gewonnen (normierter Zugewinn, Hake 1998).`,
  believed: 'Was geglaubt wird, nach der Zahl der Antworten vorher und nachher',
};
