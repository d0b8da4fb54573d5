/** Looks at whole address spaces. */
export { type MapOptions, type MapRun, mapOf } from './map.ts';
