/** The words of the lessons, apart only for the length of the file. */
export const LESSON_TEXT = {} as const;
