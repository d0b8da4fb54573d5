/**
 * Mistakes that the tests once did not notice, and their kin. Each is an edit of one place in the source, with the tests
 * that must turn red. `npm run mutants` makes every one of them in a copy of the project.
 */

/** One mistake, planted on purpose. */
export interface Mutant {
  /** What the program then does wrong. */
  readonly name: string;
  /** The file under `src` that is edited. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly from: string;
  /** What it becomes. */
  readonly to: string;
  /** Test files under `test`, of which at least one must fail. */
  readonly tests: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'explain.sets reports D in upper tables',
    file: 'walk/explain.ts',
    from: "const wanted = leadsTo === 'page' && access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A;",
    to: 'const wanted = access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A;',
    tests: ['mmu/explain.property.test.ts'],
  },
  {
    name: 'PAT is read at bit 12 in small pages and at bit 7 in large ones',
    // Not in arch/memory-type.ts: after reset, the PAT's upper half repeats the lower, so there it changes no answer.
    file: 'walk/entry-rules.ts',
    from: '(isLast ? PTE_PAT : PDE_PAT_LARGE)',
    to: '(isLast ? PDE_PAT_LARGE : PTE_PAT)',
    tests: ['mmu/explain.property.test.ts', 'walk/page-scan.property.test.ts'],
  },
  {
    name: 'a CPU without PAT has memory types by the PAT',
    file: 'arch/memory-type.ts',
    from: 'if (!cpu.pat) return WITHOUT_PAT[base]!;',
    to: 'if (!cpu.pat) return PAT_AFTER_RESET[base]!;',
    tests: ['mmu/explain.property.test.ts'],
  },
  {
    name: 'the tidied list of fills keeps the oldest ones, not the last of each page',
    file: 'tlb/page-tlb.ts',
    from: 'fills.copyWithin(0, to, fillCount);',
    to: '',
    tests: ['mmu/tlb.test.ts', 'mmu/model.property.test.ts'],
  },
  {
    name: 'a full list of fills throws',
    file: 'tlb/page-tlb.ts',
    from: 'this.#tidy();',
    to: "throw new Error('full');",
    tests: ['mmu/tlb.test.ts', 'mmu/model.property.test.ts'],
  },
  {
    name: 'INVPCID type 1 drops every PCID',
    file: 'mmu/caches.ts',
    from: 'this.model?.flushNonGlobal(pcid);',
    to: 'this.model?.flushNonGlobal();',
    tests: ['mmu/tlb.test.ts', 'mmu/control-registers.test.ts', 'mmu/model.property.test.ts'],
  },
  {
    name: 'a change of EFER.NXE flushes nothing',
    file: 'mmu/control-registers.ts',
    from: 'has(this.#state.efer ^ efer, EFER_NXE)',
    to: 'false',
    tests: ['mmu/control-registers.test.ts', 'mmu/tlb.test.ts', 'mmu/traps-tlb.test.ts'],
  },
  {
    name: 'an expand-down segment includes its limit',
    file: 'mmu/segment.ts',
    from: 'offset <= segment.limit',
    to: 'offset < segment.limit',
    tests: ['mmu/segment.test.ts'],
  },
  {
    name: "gzip's length in the trailer does not count",
    file: 'builder/gunzip.ts',
    from: 'if (size !== found.length % 0x1_0000_0000)',
    to: 'if (size < 0)',
    tests: ['builder/gunzip.property.test.ts'],
  },
  {
    name: "gzip's reserved flags do not count",
    file: 'builder/gunzip.ts',
    from: 'if ((flags & FLAGS_RESERVED) !== 0)',
    to: 'if (flags > 0xff)',
    tests: ['builder/gunzip.property.test.ts'],
  },
  {
    name: "gzip's header checksum does not count",
    file: 'builder/gunzip.ts',
    from: 'if (at <= file.length && found !== wanted)',
    to: 'if (at < 0 && found !== wanted)',
    tests: ['builder/gunzip.property.test.ts'],
  },
  {
    name: 'the last of several ELF notes with the base wins',
    file: 'builder/elf.ts',
    from: 'notes.virtualBase ??= view.getUint32(value, true);',
    to: 'notes.virtualBase = view.getUint32(value, true);',
    tests: ['builder/kernel.test.ts'],
  },
  {
    name: 'the last of several ELF notes with the entry wins',
    file: 'builder/elf.ts',
    from: 'notes.entry ??= view.getUint32(value, true);',
    to: 'notes.entry = view.getUint32(value, true);',
    tests: ['builder/kernel.test.ts'],
  },
  {
    name: 'byte 0 of shared_info is not looked at',
    file: 'verify/claims/shared-info.ts',
    from: 'bytes.findIndex((byte, at) => byte !== wanted[at])',
    to: 'bytes.findIndex((byte, at) => at > 0 && byte !== wanted[at])',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'shared_info in the frame numbered frameCount is read',
    file: 'verify/claims/shared-info.ts',
    from: 'if (frame >= memory.frameCount) {',
    to: 'if (frame > memory.frameCount) {',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'start_info in the frame numbered frameCount is read',
    file: 'verify/claims/start-info.ts',
    from: 'frame >= memory.frameCount',
    to: 'frame > memory.frameCount',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'a page in the frame numbered frameCount counts as one of RAM',
    file: 'verify/claims/description.ts',
    from: 'if (frame >= memory.frameCount) {',
    to: 'if (frame > memory.frameCount) {',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'a page table in the frame numbered frameCount is kept to be restored',
    file: 'claims/table-snapshot.ts',
    from: 'if (frame >= memory.frameCount) continue;',
    to: 'if (frame > memory.frameCount) continue;',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'entry bits are read from the frame numbered frameCount',
    file: 'verify/claims/entry-bits.ts',
    from: 'if (pde >>> 12 >= memory.frameCount) return undefined;',
    to: 'if (pde >>> 12 > memory.frameCount) return undefined;',
    tests: ['verify/mutations.test.ts'],
  },
  {
    name: 'a frame of a saved domain may be numbered frameCount',
    file: 'machine/image/domain-fields.ts',
    from: 'if (Number.isInteger(frame) && frame < frameCount) continue;',
    to: 'if (Number.isInteger(frame) && frame <= frameCount) continue;',
    tests: ['machine/image.test.ts'],
  },
  {
    name: 'the RAM of a saved machine (version 1) may be shorter than its runs',
    file: 'machine/image/version-1.ts',
    from: 'if (at + frames * PAGE_SIZE > ram.at + ram.bytes) {',
    to: 'if (at < 0) {',
    tests: ['machine/image.test.ts', 'formats/image.test.ts'],
  },
  {
    name: "what Xen's kind says of its lists does not count",
    file: 'machine/image/domain-fields.ts',
    from: 'frames.length !== wanted[0] ||',
    to: '(frames.length < 0 && wanted.length === 0) ||',
    tests: ['machine/image.test.ts'],
  },
  {
    name: 'any word is a kind of Xen',
    file: 'machine/image/domain-fields.ts',
    from: "field.get('kind').oneOf(['none', 'image', 'slots'])",
    to: "field.get('kind').text(9) as 'none' | 'image' | 'slots'",
    tests: ['machine/image.test.ts'],
  },
  {
    name: 'a 16-bit write across two arrays of RAM stays in the first',
    file: 'memory/physical-memory.ts',
    from: 'this.#writableBytes(physical + 1)[(physical + 1) % CHUNK_BYTES] = value >>> 8;',
    to: 'this.#writableBytes(physical)[(physical % CHUNK_BYTES) + 1] = value >>> 8;',
    tests: ['memory/physical-memory.test.ts'],
  },
  {
    name: 'explain names no protection key',
    file: 'walk/explain.ts',
    from: 'protectionKey: keyed ? key : undefined,',
    to: 'protectionKey: undefined,',
    tests: ['mmu/explain.property.test.ts'],
  },
  {
    name: 'explain gives user rights to a page that an upper table closes',
    file: 'walk/explain.ts',
    from: '      pageSize,\n      rights,',
    to: '      pageSize,\n      rights: { ...rights, user: true },',
    tests: ['mmu/explain.property.test.ts'],
  },
  {
    name: 'a load of CR3 drops global pages too',
    file: 'tlb/page-tlb.ts',
    from: 'if (((words[a]! | words[b]! | words[c]! | words[d]!) & WORD_GLOBAL) !== 0) break;',
    to: 'if (fillCount < 0) break;',
    tests: ['mmu/traps-tlb.test.ts', 'mmu/model.property.test.ts'],
  },
  {
    name: 'INVLPG drops all that is cached',
    file: 'tlb/page-tlb.ts',
    from: 'if (this.#largeCached) this.#invalidatePieces(page & -largePages, largePages, globals);',
    to: 'this.flush();',
    tests: ['mmu/model.property.test.ts'],
  },
  {
    name: 'a strategy is measured without a check afterwards',
    file: 'bench/construction.ts',
    from: 'const mistake = findMistake(memory, plan) ?? findOverwritten();\n  if',
    to: 'const mistake = undefined;\n  if',
    tests: ['bench/construction.test.ts'],
  },
  {
    name: 'a list in PAE says that a page which refuses is not present',
    file: 'mmu/pae-run.ts',
    from: 'faultCodes[i] = absent | PF_P;',
    to: 'faultCodes[i] = absent;',
    tests: ['mmu/translate-each.property.test.ts'],
  },
  {
    name: 'a list in PAE takes the next directory entry for absent too',
    file: 'mmu/pae-run.ts',
    from: 'if ((pde & PTE_P) === 0) return PDE_SHIFT;',
    to: 'if ((pde & PTE_P) === 0) return PDE_SHIFT + 2;',
    tests: ['mmu/translate-each.property.test.ts'],
  },
  {
    name: 'a list in PAE overlooks the reserved bits of a large page',
    file: 'mmu/pae-run.ts',
    from: 'if ((pde & walk.reservedLarge[2]!) !== 0) return TRANSLATES;',
    to: '',
    tests: ['mmu/translate-each.property.test.ts'],
  },
  {
    name: 'the MMU is not asked about the page behind the last one of a run',
    file: 'claims/confirm.ts',
    from: 'if (run + 1 === space.count || space.first[run + 1] !== end) this.#one(end, FAULT, 0);',
    to: '',
    tests: ['claims/confirm.test.ts'],
  },
  {
    name: 'a miss among the hits of a list inside WebAssembly memory is found again at the start of its turn',
    file: 'mmu/list-hits.ts',
    from: 'miss === done ? [] : advance(1)',
    to: '[]',
    tests: ['mmu/wasm-lists.property.test.ts'],
  },
  {
    name: 'results for a list of allocateList begin at its start, wherever the addresses are',
    file: 'mmu/wasm-lists.ts',
    from: 'target + (i << bytesLog2)',
    to: 'target',
    tests: ['mmu/wasm-lists.property.test.ts'],
  },
  {
    name: "a list of another RAM is taken for one of this RAM's own",
    file: 'memory/list-region.ts',
    from: 'list.buffer === this.#buffer && ',
    to: '',
    tests: ['mmu/wasm-lists.property.test.ts', 'memory/lists.test.ts'],
  },
  {
    name: 'a list holds what one had before that was given back',
    file: 'memory/list-region.ts',
    from: 'if (start < this.#fresh)',
    to: 'if (start > this.#fresh)',
    tests: ['memory/lists.test.ts'],
  },
  {
    name: 'the frames of a domain are read from the updates that overwrite them',
    file: 'builder/inputs.ts',
    from: ' || old.some((list) => overlap(list, array))',
    to: '',
    tests: ['builder/build-domain.test.ts'],
  },
  {
    name: 'a directory has the last entries of the one made before it',
    file: 'builder/directory.ts',
    from: 'if (directory.end > last) directory.bytes.fill(0, last * 4, directory.end * 4);',
    to: '',
    tests: ['builder/directory.test.ts'],
  },
];
