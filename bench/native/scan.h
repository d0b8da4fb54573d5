/*
 * Every mapped page in C, folded into runs as src/walk/page-scan.ts folds them: same rows, in batches of the same size.
 * Long mode with NX, without keys, PAE without NX, and 32-bit paging with PSE. Included by peer.c.
 */

enum { BATCH = 256, RUN_NX = 1 << 9, CONTIGUOUS = 1 << 10, ONE_FRAME = 1 << 11, SIZE_SHIFT = 24 };
enum { PWT = 8, PCD = 0x10 };

static struct {
  double page[BATCH + 2], pages[BATCH + 2], physical[BATCH + 2], last[BATCH + 2], accessed[BATCH + 2], dirty[BATCH + 2];
  int32_t attributes[BATCH + 2];
  uint32_t count;
} rows;

/* The run that may still grow. */
static struct { uint64_t page, physical, last; uint32_t pages, accessed, dirty, attributes; int open; } run;
static uint64_t scan_hash, scan_runs;
static int scan_folds; /* 1: where pages lie does not end a run */

static void end_batch(void) {
  for (uint32_t i = 0; i < rows.count; i++)
    scan_hash = scan_hash * 31 + (uint32_t)((uint64_t)rows.page[i] + (uint64_t)rows.pages[i] + rows.attributes[i] +
                                            (uint64_t)(rows.physical[i] / 4096));
  scan_runs += rows.count;
  rows.count = 0;
}

static inline void end_run(void) {
  if (!run.open) return;
  uint32_t i = rows.count++;
  rows.page[i] = run.page;
  rows.pages[i] = run.pages;
  rows.physical[i] = run.physical;
  rows.last[i] = run.last;
  rows.accessed[i] = run.accessed;
  rows.dirty[i] = run.dirty;
  rows.attributes[i] = run.attributes | (run.accessed == run.pages ? A : 0) | (run.dirty == run.pages ? D : 0);
  run.open = 0;
  if (rows.count == BATCH) end_batch();
}

static inline void add_page(uint64_t page, uint64_t physical, uint32_t pages, uint32_t attributes, uint32_t low) {
  if (run.open && page == run.page + (uint64_t)run.pages * pages && !((run.attributes ^ attributes) & ~(CONTIGUOUS | ONE_FRAME))) {
    uint32_t layout = run.attributes & (CONTIGUOUS | ONE_FRAME);
    layout &= (physical == run.last + pages * 4096ull ? CONTIGUOUS : 0) | (physical == run.physical ? ONE_FRAME : 0);
    if (layout || scan_folds) {
      run.attributes = (run.attributes & ~(CONTIGUOUS | ONE_FRAME)) | layout;
      run.last = physical;
      run.pages++;
      run.accessed += low >> 5 & 1;
      run.dirty += low >> 6 & 1;
      return;
    }
  }
  end_run();
  run.open = 1;
  run.page = page;
  run.physical = run.last = physical;
  run.pages = 1;
  run.accessed = low >> 5 & 1;
  run.dirty = low >> 6 & 1;
  run.attributes = attributes | CONTIGUOUS | ONE_FRAME;
}

static uint64_t scan_reserved = RESERVED64; /* bits that make an entry invalid */

static void scan64(uint64_t table, int level, uint64_t page, uint32_t rights) {
  const uint64_t *entries = (uint64_t *)memory + table / 8;
  int shift = 9 * (level - 1);
  for (uint64_t i = 0; i < 512; i++) {
    uint64_t entry = entries[i], at = page + (i << shift);
    if (!(entry & P) || entry & scan_reserved) continue;
    if (level == 4 && i >= 256) at |= 0xffff000000000ull;
    uint32_t all = (rights & entry & (RW | US)) | (rights & RUN_NX) | (entry >> 63 ? RUN_NX : 0);
    if (level > 1 && !(entry & PS)) { scan64(entry & ADDRESS52, level - 1, at, all); continue; }
    uint32_t pat = level == 1 ? entry & 0x80 : entry >> 5 & 0x80;
    add_page(at, entry & ADDRESS52 & ~((4096ull << shift) - 1), 1u << shift,
             all | (entry & (PWT | PCD)) | pat | (12u + shift) << SIZE_SHIFT, entry);
  }
}

static void scan32(void) {
  for (uint32_t i = 0; i < 1024; i++) {
    uint32_t pde = memory[(cr3 & ~0xfffu) / 4 + i];
    if (!(pde & P)) continue;
    if (pde & PS) {
      add_page(i << 10, pde & 0xffc00000, 1024, (pde & (RW | US | PWT | PCD | G)) | (pde >> 5 & 0x80) | 22u << SIZE_SHIFT, pde);
      continue;
    }
    const uint32_t *table = memory + (pde & ~0xfffu) / 4;
    for (uint32_t j = 0; j < 1024; j++) {
      uint32_t pte = table[j];
      if (!(pte & P)) continue;
      add_page(i << 10 | j, pte & ~0xfffu, 1, (pde & pte & (RW | US)) | (pte & (PWT | PCD | 0x80 | G)) | 12u << SIZE_SHIFT, pte);
    }
  }
}

/* @param bits 32, 36 for PAE, 64 for long mode. @returns the hash of all runs. */
__attribute__((noinline)) static uint64_t scan_pages(int bits, int folds, uint64_t root) {
  scan_hash = scan_runs = rows.count = run.open = 0;
  scan_folds = folds;
  scan_reserved = bits == 36 ? PAE_RESERVED : RESERVED64;
  if (bits == 64) scan64(root & ADDRESS52, 4, 0, RW | US);
  else if (bits == 36) {
    for (uint64_t i = 0; i < 4; i++)
      if (pae_pointers[i] & P) scan64(pae_pointers[i] & ADDRESS52, 2, i << 18, RW | US);
  }
  else scan32();
  end_run();
  end_batch();
  return scan_hash + scan_runs;
}
