/** Files of whole domains; of any machine, see `x86-paging/machine`. */
export { ImageError, isImage } from '../machine/index.ts';
export { loadImage, type SavedMachine, saveImage } from './image.ts';
