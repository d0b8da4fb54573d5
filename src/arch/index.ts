export * from './access.ts';
export * from './address.ts';
export * from './control.ts';
export * from './entry.ts';
export * from './fault.ts';
