/** Words that say that there is data, as sections, symbols and regions are named. */
const WORDS =
  /(^|[^a-z])(data|rodata|bss|heap|stack|percpu|page tables?|page directory|initrd|ramdisk|start_info|shared_info)([^a-z]|$)/i;

/** Whether what has this name holds data and no code, such as `.rodata`, `stack` or `page tables`. */
export function isDataName(name: string): boolean {
  return WORDS.test(name);
}
