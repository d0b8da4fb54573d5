/** Seeded exercises about paging: sheets, keys, and answers checked by the real MMU. Pure: no files, no page. */
export {
  type AddressRule,
  type AnswerKey,
  EXERCISE_KINDS,
  type Exercise,
  type ExerciseKind,
  type ExerciseMachine,
  type Mistake,
  type Task,
  type Verdict,
  type WrongAnswer,
} from './exercise.ts';
export { inventoryGift, sheetGift } from './gift.ts';
export {
  INVENTORY_FORMS,
  type InventoryForm,
  inventoryName,
  inventoryText,
  makeInventory,
} from './inventory.ts';
export type {
  InventoryOption,
  InventoryQuestion,
  Misconception,
} from './inventory-kinds.ts';
export { EXERCISE_LANGUAGES, type ExerciseLanguage } from './language.ts';
export { mmuFor } from './machine.ts';
export { inventoryQti, sheetQti } from './qti.ts';
export {
  answerKey,
  checkAnswer,
  makeSheet,
  type Sheet,
  type SheetOptions,
  typicalMistakes,
} from './sheet.ts';
export { keyText, sheetText } from './sheet-text.ts';
export { DIAGNOSES } from './words/en.ts';
export { MISCONCEPTIONS } from './words/en-inventory.ts';
export { EXERCISE_WORDS, type ExerciseWords } from './words/index.ts';
