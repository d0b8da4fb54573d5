/** CR0 as Xen runs its guests: PG, AM, WP, NE, ET, MP, PE. */
export const CR0_MONITOR_BITS = 0x8005_0033;
/** CR4 as Xen runs its guests: PSE and PGE. */
export const XEN_CR4 = 0x90;
