/*
 * Page tables changed by somebody who looks before he writes, as Mapper does: pages mapped one at a time and in one
 * call, protected, split, copied for a fork. Two-level tables from linear 0xC0000000 on. Included by peer.c.
 */

enum { EDIT_ROOT = 0x100, EDIT_TABLES = 0x101, EDIT_CHILD = 0x200, EDIT_SLOT = 768, LEAF = P | RW | A, ABOVE = P | RW | US };

static uint32_t edit_free[1024], edit_free_count, edit_next;

static uint32_t *edit_root(void) { return frame_words(EDIT_ROOT); }

static uint32_t edit_take(void) { return edit_free_count ? edit_free[--edit_free_count] : edit_next++; }

static void edit_clear(void) {
  memset(edit_root(), 0, 4096);
  edit_free_count = 0;
  edit_next = EDIT_TABLES;
}

/* The entry of a page of the range; its table is made where there is none. 0: a large page is in its place. */
static inline uint32_t *edit_entry(uint32_t page) {
  uint32_t *pde = edit_root() + EDIT_SLOT + page / 1024;
  if (!(*pde & P)) {
    uint32_t frame = edit_take();
    memset(frame_words(frame), 0, 4096);
    *pde = frame << 12 | ABOVE;
  }
  return *pde & PS ? 0 : frame_words(*pde >> 12) + page % 1024;
}

__attribute__((noinline)) static int edit_map(uint32_t page, uint32_t frame) {
  uint32_t *entry = edit_entry(page);
  if (!entry || *entry & P) return 0;
  *entry = frame << 12 | LEAF;
  return 1;
}

__attribute__((noinline)) static int edit_unmap(uint32_t page) {
  uint32_t *entry = edit_entry(page);
  if (!entry || !(*entry & P)) return 0;
  *entry = 0;
  return 1;
}

static void edit_pages(void) {
  edit_clear();
  for (uint32_t i = 0; i < page_count; i++) edit_map(i, frames[i]);
}

static void edit_range(void) {
  edit_clear();
  for (uint32_t i = 0; i < page_count; i++) edit_map(i, frames[0] + i);
}

static void edit_again(void) {
  for (uint32_t i = 0; i < page_count; i++) {
    edit_unmap(i);
    edit_map(i, frames[i]);
  }
}

__attribute__((noinline)) static void edit_protect(uint32_t clear, uint32_t set) {
  for (uint32_t table = 0; table < page_count / 1024; table++) {
    uint32_t *entries = frame_words(edit_root()[EDIT_SLOT + table] >> 12), all = P;
    for (uint32_t i = 0; i < 1024; i++) all &= entries[i];
    if (!all) return;
    for (uint32_t i = 0; i < 1024; i++) entries[i] = (entries[i] & ~clear) | set;
  }
}

/* Each table gives way to a large page, which is split again by one page that is made read-only. */
static void edit_split(void) {
  for (uint32_t table = 0; table < page_count / 1024; table++) {
    uint32_t *pde = edit_root() + EDIT_SLOT + table, base = (frames[0] + table * 1024) << 12;
    edit_free[edit_free_count++] = *pde >> 12;
    *pde = base | LEAF | PS;
    uint32_t frame = edit_take(), *entries = frame_words(frame);
    for (uint32_t i = 0; i < 1024; i++) entries[i] = (base + (i << 12)) | LEAF;
    entries[0] &= ~RW;
    *pde = frame << 12 | ABOVE;
  }
}

/* The child gets tables of its own with the same pages; in neither can they be written. */
__attribute__((noinline)) static void edit_fork(void) {
  for (uint32_t table = 0; table < page_count / 1024; table++) {
    uint32_t *parent = frame_words(edit_root()[EDIT_SLOT + table] >> 12), *child = frame_words(EDIT_CHILD + table);
    for (uint32_t i = 0; i < 1024; i++) child[i] = parent[i] = parent[i] & ~RW;
  }
}

static int run_edit(const char *work) {
  if (!strcmp(work, "edit-pages")) edit_pages();
  else if (!strcmp(work, "edit-range")) edit_range();
  else if (!strcmp(work, "edit-again")) edit_again();
  else if (!strcmp(work, "edit-protect")) { edit_protect(RW, 0); edit_protect(0, RW); }
  else if (!strcmp(work, "edit-split")) edit_split();
  else if (!strcmp(work, "edit-fork")) edit_fork();
  else return 0;
  return 1;
}

/* Of the tables in the order of the directory, and of the child's. */
static uint64_t hash_edit(void) {
  uint64_t hash = 0;
  for (uint32_t table = 0; table < page_count / 1024; table++) {
    hash = hash * 31 + hash_words(frame_words(edit_root()[EDIT_SLOT + table] >> 12), 1024);
    hash = hash * 31 + hash_words(frame_words(EDIT_CHILD + table), 1024);
  }
  return hash;
}
