/** Files of whole machines. */
export { ImageError, isImage, loadImage, type SavedMachine, saveImage } from './image.ts';
