/** What stands around the concept inventory; its questions say the rest. */
export const INVENTORY = {
  title: 'Concept inventory',
  lead: (count: number) =>
    `${count} questions on what you believe of paging: once before a course, and once after it about other bytes. The same number is the same form everywhere.`,
  link: 'The concept inventory: what do you believe of paging?',
  form: 'When',
  forClass: 'For a class',
  answered: (answered: number, count: number) => `${answered} of ${count} answered`,
  finish: 'See the result',
  unanswered: 'not answered',
  score: (right: number, count: number) => `${right} of ${count} are right`,
  means: 'Who takes the options that you took mostly believes this, and none of it is so:',
  believed: (text: string) => `This would be so if: ${text}`,
  lesson: (title: string) => `See for yourself: ${title}`,
  student: 'Your name, for who teaches (may be empty)',
  save: 'Save my answers, to hand in',
};

/** Who teaches reads the inventories of a class. */
export const INVENTORY_TEACHER = {
  caption: 'Concept inventory: right answers',
  gain: (percent: number) =>
    `Of what could be gained between the two forms, the class has gained ${percent} % (normalized gain, Hake 1998).`,
  believed: 'What is believed, by the number of answers before and after',
};
