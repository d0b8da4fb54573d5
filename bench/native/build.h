/*
 * Page tables, and a whole domain in C, as src/builder makes it in the profile xen-1.2: frames checked, the kernel copied, page tables,
 * directory and update list in one pass, start_info, shared_info, Xen's slots. Included by peer.c.
 */

enum { SHARED_INFO = 0x120, LOAD_SLOT = 768 };

static uint8_t *kernel;
static uint32_t kernel_words;

/* What the caller is given, and frees. */
typedef struct { uint32_t *frames, frame_count, *updates, update_count; int fresh; } domain_t;

static domain_t built;

static int frames_are_good(const uint32_t *list, uint32_t count) {
  uint8_t *used = calloc(frame_count, 1);
  int good = 1;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t frame = list[i];
    if (frame >= frame_count || used[frame]) { good = 0; break; }
    used[frame] = 1;
  }
  good &= !used[SHARED_INFO];
  free(used);
  return good;
}

/* The same by a bit for each frame, as src/builder/mark-module.ts does. */
static int frames_are_distinct(const uint32_t *list, uint32_t count) {
  static uint32_t bits[1 << 15];
  uint32_t greatest = 0, found = 0, shift = 11;
  for (uint32_t i = 0; i < count; i++) greatest = list[i] > greatest ? list[i] : greatest;
  if (greatest >= frame_count || SHARED_INFO >= frame_count) return 0;
  while (frame_count > 32u << shift) shift++;
  const uint32_t mask = (1u << shift) - 1;
  uint32_t i = 0;
  for (; i + 2 <= count; i += 2) {
    uint64_t two;
    memcpy(&two, list + i, 8);
    uint32_t first = two, second = two >> 32;
    bits[first & mask] |= 1u << (first >> shift);
    bits[second & mask] |= 1u << (second >> shift);
  }
  if (i < count) bits[list[i] & mask] |= 1u << (list[i] >> shift);
  bits[SHARED_INFO & mask] |= 1u << (SHARED_INFO >> shift);
  for (uint32_t word = 0; word <= mask; word++) found += __builtin_popcount(bits[word]);
  memset(bits, 0, 4ul << shift);
  return found == count + 1;
}

/* Page tables and directory for page_count pages at 0xC0000000, built as src/builder does. */
__attribute__((noinline)) static void build_tables(void) {
  uint32_t tables = (page_count + 1023) / 1024, lowest = page_count - 1 - tables;
  uint32_t *directory = memory + (size_t)frames[page_count - 1] * 1024;
  memset(directory, 0, 4096);
  for (uint32_t table = 0; table < tables; table++) {
    uint32_t frame = frames[page_count - 2 - table], *entries = memory + (size_t)frame * 1024;
    uint32_t first = table * 1024, count = page_count - first < 1024 ? page_count - first : 1024;
    uint32_t ordinary = lowest > first ? (lowest - first < count ? lowest - first : count) : 0;
    directory[768 + table] = frame << 12 | 0x67;
    const uint32_t *from = frames + first;
    for (uint32_t i = 0; i < ordinary; i++) entries[i] = from[i] << 12 | 0x23;
    for (uint32_t i = ordinary; i < count; i++) entries[i] = from[i] << 12 | 0x21;
    if (count < 1024) memset(entries + count, 0, 4 * (1024 - count));
  }
}

/* The same address space in 4 MiB pages; frames holds the first frame of each. */
__attribute__((noinline)) static void build_large(void) {
  uint32_t directory[1024] = {0};
  for (uint32_t i = 0; i < page_count; i++) directory[768 + i] = frames[i] << 12 | 0xe3;
  memcpy(memory, directory, sizeof directory);
}

static uint64_t hash_tables(void) {
  uint32_t tables = (page_count + 1023) / 1024;
  uint64_t hash = hash_words(memory + (size_t)frames[page_count - 1] * 1024, 1024);
  for (uint32_t table = 0; table < tables; table++)
    hash = hash * 31 + hash_words(memory + (size_t)frames[page_count - 2 - table] * 1024, 1024);
  return hash;
}

static uint32_t *frame_words(uint32_t frame) { return memory + (size_t)frame * 1024; }

static void load_kernel(void) {
  uint32_t bytes = kernel_words * 4;
  for (uint32_t at = 0; at < bytes; at += 4096) {
    uint32_t piece = bytes - at < 4096 ? bytes - at : 4096;
    memcpy(frame_words(frames[at / 4096]), kernel + at, piece);
    if (piece < 4096) memset((uint8_t *)frame_words(frames[at / 4096]) + piece, 0, 4096 - piece);
  }
}

/* Directory and tables; `updates` may be 0. */
static inline void tables_and_updates(uint32_t *updates) {
  uint32_t tables = (page_count + 1023) / 1024, lowest = page_count - 1 - tables;
  uint32_t root = frames[page_count - 1] << 12, *directory = frame_words(frames[page_count - 1]);
  memset(directory, 0, 4096);
  if (updates) { *updates++ = root | 3; *updates++ = 1; }
  for (uint32_t table = 0; table < tables; table++) {
    uint32_t frame = frames[page_count - 2 - table], *entries = frame_words(frame), at = frame << 12;
    uint32_t first = table * 1024, count = page_count - first < 1024 ? page_count - first : 1024;
    uint32_t ordinary = lowest > first ? (lowest - first < count ? lowest - first : count) : 0;
    const uint32_t *from = frames + first;
    directory[LOAD_SLOT + table] = at | 0x67;
    if (updates) { *updates++ = root + 4 * (LOAD_SLOT + table); *updates++ = at | 0x67; }
    for (uint32_t i = 0, end = ordinary, flags = 0x23;; end = count, flags = 0x21) {
      if (updates) {
        for (; i < end; i++) {
          uint32_t base = from[i] << 12;
          entries[i] = base | flags;
          updates[4 * i] = at + 4 * i;
          updates[4 * i + 1] = base | flags;
          updates[4 * i + 2] = base | 2;
          updates[4 * i + 3] = first + i;
        }
      } else for (; i < end; i++) entries[i] = from[i] << 12 | flags;
      if (end == count) break;
    }
    if (updates) updates += 4 * count;
    if (count < 1024) memset(entries + count, 0, 4 * (1024 - count));
  }
}

/* Tables alone, with a 4 MiB page wherever 1024 frames lie in a row on such a boundary and none is a table. */
__attribute__((noinline)) static void tables_with_large_pages(void) {
  uint32_t tables = (page_count + 1023) / 1024, lowest = page_count - 1 - tables;
  uint32_t *directory = frame_words(frames[page_count - 1]);
  memset(directory, 0, 4096);
  for (uint32_t table = 0; table < tables; table++) {
    const uint32_t *from = frames + table * 1024;
    uint32_t first = table * 1024, count = page_count - first < 1024 ? page_count - first : 1024;
    uint32_t fits = first + 1024 <= lowest && from[0] % 1024 == 0;
    if (fits) for (uint32_t i = 1; i < 1024; i++) fits &= from[i] == from[0] + i;
    if (fits) { directory[LOAD_SLOT + table] = from[0] << 12 | 0xe3; continue; }
    uint32_t frame = frames[page_count - 2 - table], *entries = frame_words(frame);
    for (uint32_t i = 0; i < count; i++) entries[i] = from[i] << 12 | (first + i < lowest ? 0x23 : 0x21);
    if (count < 1024) memset(entries + count, 0, 4 * (1024 - count));
    directory[LOAD_SLOT + table] = frame << 12 | 0x67;
  }
}

static void start_info(void) {
  uint32_t tables = (page_count + 1023) / 1024, *page = frame_words(frames[page_count - 3 - tables]);
  memset(page, 0, 284);
  page[0] = page_count;
  page[1] = SHARED_INFO << 12;
  page[4] = 0xc0000000u + ((page_count - 1) << 12);
}

static void xen_slots(uint32_t directory) {
  uint32_t root = directory << 12, *slots = frame_words(directory) + 1008;
  slots[0] = 0x010001e1;
  for (uint32_t i = 0; i < 11; i++) slots[1 + i] = i * 0x400000 + 0x1e3;
  slots[12] = root + 0x63;
  for (uint32_t i = 0; i < 3; i++) slots[13 + i] = ((0x150 + i) << 12) + 0x63;
}

/* A list for the caller: from malloc, which gives back what was just freed; or memory that the host has to clear first. */
static uint32_t *new_list(size_t words, int fresh) {
  if (!fresh) return malloc(words * 4);
  void *list = mmap(0, words * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return list == MAP_FAILED ? 0 : list;
}

static void free_list(uint32_t *list, size_t words, int fresh) {
  if (!fresh) free(list);
  else if (list) munmap(list, words * 4);
}

__attribute__((noinline)) static void build_domain(int listed, int by_bits, int fresh) {
  free_list(built.frames, built.frame_count, built.fresh);
  free_list(built.updates, built.update_count, built.fresh);
  built = (domain_t){.frame_count = page_count, .fresh = fresh};
  if (!(by_bits ? frames_are_distinct : frames_are_good)(frames, page_count)) return;
  load_kernel();
  built.frames = new_list(page_count, fresh);
  memcpy(built.frames, frames, page_count * 4ul);
  if (listed) {
    built.update_count = 2 * (1 + (page_count + 1023) / 1024 + 2 * page_count);
    built.updates = new_list(built.update_count, fresh);
  }
  tables_and_updates(built.updates);
  start_info();
  memset(frame_words(SHARED_INFO), 0, 4096);
  xen_slots(frames[page_count - 1]);
}

/* Whether a work is one of these, and does it. */
static int run_domain(const char *work, uint64_t *hash) {
  static uint32_t *copy;
  if (!strcmp(work, "domain-check")) *hash = frames_are_good(frames, page_count);
  else if (!strcmp(work, "domain-copy")) {
    copy = realloc(copy, page_count * 4ul);
    memcpy(copy, frames, page_count * 4ul);
    *hash = copy[0];
  }
  else if (!strncmp(work, "domain", 6)) {
    build_domain(!strstr(work, "unlisted"), strstr(work, "bits") != 0, strstr(work, "fresh") != 0);
  }
  else return 0;
  return 1;
}

/* Of directory and tables, the list, start_info and the kernel's last page. */
static uint64_t hash_domain(void) {
  uint32_t tables = (page_count + 1023) / 1024;
  uint64_t hash = hash_tables();
  hash = hash * 31 + hash_words(built.updates, built.update_count);
  hash = hash * 31 + hash_words(frame_words(frames[page_count - 3 - tables]), 71);
  return hash * 31 + hash_words(frame_words(frames[(kernel_words * 4 - 1) / 4096]), 1024);
}
