/** Page tables of any paging mode, written: map, protect, unmap. */
export { MapError, type MapErrorCode } from './map-error.ts';
export { Mapper, type MapperOptions, type MappingOptions, type TableMode } from './mapper.ts';
export type { PageAttributes } from './page-attributes.ts';
export { type TableRegisters, tableRegisters } from './table-registers.ts';
