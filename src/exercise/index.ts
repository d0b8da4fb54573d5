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
export { sheetGift } from './gift.ts';
export { INVENTORY_FORMS, inventoryText, makeInventory } from './inventory.ts';
export {
  type InventoryOption,
  type InventoryQuestion,
  MISCONCEPTIONS,
  type Misconception,
} from './inventory-kinds.ts';
export { mmuFor } from './machine.ts';
export { DIAGNOSES } from './mistakes.ts';
export { sheetQti } from './qti.ts';
export {
  answerKey,
  checkAnswer,
  makeSheet,
  type Sheet,
  type SheetOptions,
  typicalMistakes,
} from './sheet.ts';
export { keyText, sheetText } from './sheet-text.ts';
