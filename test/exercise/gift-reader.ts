import { type GIFTQuestion, parse, type TextFormat } from 'gift-pegjs';

/** A question as a learning platform reads it from a GIFT file. */
export interface GiftQuestion {
  readonly name: string;
  readonly format: string;
  readonly text: string;
  readonly type: 'multichoice' | 'shortanswer';
  readonly answers: readonly {
    readonly text: string;
    /** Per cent of the marks. */
    readonly credit: number;
    readonly feedback: string;
  }[];
}

/** Reads a file by the grammar that editors of GIFT use. @throws SyntaxError where it is none. */
export function readGift(file: string): GiftQuestion[] {
  return parse(file).map(questionOf);
}

function questionOf(question: GIFTQuestion): GiftQuestion {
  if (question.type !== 'MC' && question.type !== 'Short')
    throw new Error(`a question of type ${question.type}`);
  const { title, stem, type, choices } = question;
  const text = (one: TextFormat | null): string => one?.text ?? '';
  return {
    name: title ?? '',
    format: stem.format,
    text: stem.text,
    type: type === 'MC' ? 'multichoice' : 'shortanswer',
    answers: choices.map((choice) => ({
      text: text(choice.text),
      credit: choice.weight ?? (choice.isCorrect ? 100 : 0),
      feedback: text(choice.feedback),
    })),
  };
}
