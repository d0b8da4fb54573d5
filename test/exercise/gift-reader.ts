/** A question as Moodle's importer reads it from a GIFT file. */
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

// Moodle hides escaped characters before it looks for markup, and puts them back at the end.
const HIDDEN = '~=#{}:\\n';
const SHOWN = '~=#{}:\\\n';

/** Reads what the format's rules allow of it. @throws Error where Moodle would refuse or misread the file. */
export function readGift(file: string): GiftQuestion[] {
  const lines = file.split('\n').filter((line) => !line.startsWith('//'));
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map(readQuestion);
}

function readQuestion(source: string): GiftQuestion {
  const hidden = source.replace(/\\([~=#{}:\\n])/g, (_, character: string) =>
    String.fromCharCode(0xe000 + HIDDEN.indexOf(character)),
  );
  const [, name, format, text, body] = /^::([^:]*)::\[(\w+)\]([^{}~=#]*)\{([^{}]*)\}$/.exec(hidden) ?? [];
  if (name === undefined || body === undefined) throw new Error(`no GIFT question: ${source}`);
  const parts = body.trim().split(/(?=[=~])/);
  if (!/^[=~]/.test(parts[0] ?? '')) throw new Error(`text before the first answer: ${parts[0]}`);
  const type = parts.some((part) => part.startsWith('~')) ? 'multichoice' : 'shortanswer';
  const answers = parts.map((part) => {
    const [, mark, weight, answer, feedback = ''] =
      /^([=~])(?:%(-?[\d.]+)%)?([^#]*)(?:#([^#]*))?$/.exec(part) ?? [];
    if (answer === undefined) throw new Error(`no answer: ${part}`);
    const credit = weight === undefined ? (mark === '=' ? 100 : 0) : Number(weight);
    return { text: shown(answer), credit, feedback: shown(feedback) };
  });
  return { name: shown(name), format: format!, text: shown(text!), type, answers };
}

function shown(text: string): string {
  return text.trim().replace(/[\ue000-\ue007]/g, (character) => SHOWN[character.charCodeAt(0) - 0xe000]!);
}
