/*
 * Long mode in C: the walk through four levels, and a TLB with the features of src/tlb/wide-tlb.ts: PCIDs, global
 * pages, epochs in place of clearing. Included by peer.c.
 */

enum { LONG_SLOTS = 0x10000, LAST_EPOCH = 0xffff };
#define NX (1ull << 63)
#define ADDRESS52 0x000ffffffffff000ull
/* MAXPHYADDR 46: bits 51-46 are reserved. */
#define RESERVED64 0x000fc00000000000ull
#define FAULT64 UINT64_MAX

/* A slot: what a hit needs, and apart what was cached. tag: linear bits 63-28, epoch, grants. */
static struct { uint64_t tag, physical; } long_hits[LONG_SLOTS];
static struct { uint64_t stamp; uint32_t meta; } long_facts[LONG_SLOTS];
enum { META_GLOBAL = 1 << 8, META_PCID_SHIFT = 16 };

static uint64_t long_root, long_key = 1 << 12, long_clock, all_flushed_at, globals_flushed_at;
static uint32_t long_pcid, last_epoch = 1, epoch_floor;
static uint32_t epochs[4096] = {1};
static uint64_t pcid_flushed_at[4096];
static uint8_t long_grants[16]; /* by rights: R/W, U/S, D, NX */

static uint64_t *linear64, *physical64;
static uint32_t linear64_count;

static void make_long_grants(void) {
  for (uint32_t rights = 0; rights < 16; rights++) {
    for (uint32_t access = 0; access < 8; access++) {
      int user = (access & 4) != 0, write = (access & 1) != 0, fetch = (access & 2) != 0;
      if (user && !(rights & 2)) continue;
      if (write && (!(rights & 1) || !(rights & 4))) continue;
      if (fetch && (rights & 8)) continue;
      long_grants[rights] |= 1u << access;
    }
  }
}

static inline uint64_t load64(uint64_t address) {
  return address >> 12 < frame_count ? ((uint64_t *)memory)[address >> 3] : UINT64_MAX;
}

static inline void store64(uint64_t address, uint64_t value) {
  if (address >> 12 < frame_count) ((uint64_t *)memory)[address >> 3] = value;
}

static uint64_t fault64(uint64_t address, uint32_t access, uint32_t bits) {
  cr2_64 = address;
  fault_code = bits | (access & 1) << 1 | (access & 4) | (access & 2) << 3;
  return FAULT64;
}

static void begin_epoch(void) {
  if (last_epoch == LAST_EPOCH) {
    memset(long_hits, 0, sizeof long_hits);
    memset(long_facts, 0, sizeof long_facts);
    memset(epochs, 0, sizeof epochs);
    last_epoch = epoch_floor = 0;
  }
  epochs[long_pcid] = ++last_epoch;
  long_key = (uint64_t)last_epoch << 12;
}

/* A load of CR3. Without PCIDs, what is not global goes; with them, it goes unless bit 63 is set. */
__attribute__((noinline)) static void load_cr3(uint64_t value, int pcids) {
  long_root = value & ADDRESS52;
  if (!pcids) {
    all_flushed_at = long_clock;
    epoch_floor = last_epoch;
    begin_epoch();
    return;
  }
  long_pcid = value & 0xfff;
  if (!(value >> 63)) {
    pcid_flushed_at[long_pcid] = long_clock;
    epochs[long_pcid] = 0;
  }
  if (epochs[long_pcid] > epoch_floor) long_key = (uint64_t)epochs[long_pcid] << 12;
  else begin_epoch();
}

static inline int long_alive(uint32_t slot) {
  uint32_t meta = long_facts[slot].meta;
  uint64_t stamp = long_facts[slot].stamp;
  if (meta & META_GLOBAL) return stamp > globals_flushed_at;
  return meta >> META_PCID_SHIFT == long_pcid && stamp > all_flushed_at && stamp > pcid_flushed_at[long_pcid];
}

/* The page directory of the last address of a list, remembered as src/mmu/wide-run.ts does. */
typedef struct { uint64_t region, table; uint32_t rights; } directory_t;

static inline uint64_t walk64(uint64_t address, uint32_t access, directory_t *last) {
  uint32_t slot = address >> 12 & (LONG_SLOTS - 1);
  /* Alive, but of another epoch. */
  if (!((long_hits[slot].tag ^ address) >> 28) && long_alive(slot)) {
    uint32_t grants = long_grants[long_facts[slot].meta & 15];
    if (grants >> access & 1) {
      long_hits[slot].tag = (address & ~0xfffffffull) | long_key | grants;
      return long_hits[slot].physical | (address & 0xfff);
    }
  }
  if ((uint64_t)((int64_t)(address << 16) >> 16) != address) { fault_code = 0; return FAULT64; }
  uint64_t at[5], entry[5], table = long_root;
  uint32_t rights = 3, accessed = A;
  int level = 4, highest = 4;
  if (last && last->region == address >> 30) {
    table = last->table;
    rights = last->rights;
    level = highest = 2;
  }
  for (;; level--) {
    if (last && level == 2 && accessed) *last = (directory_t){address >> 30, table, rights};
    at[level] = table | (address >> (12 + 9 * (level - 1)) & 511) << 3;
    entry[level] = load64(at[level]);
    if (!(entry[level] & P)) return fault64(address, access, 0);
    if (entry[level] & RESERVED64) return fault64(address, access, 9);
    rights = (rights & (entry[level] >> 1 & 3)) | ((rights | (entry[level] >> 60 & 8)) & 8);
    if (level == 1 || (entry[level] & PS)) break;
    table = entry[level] & ADDRESS52;
    accessed &= entry[level];
  }
  if (!(long_grants[rights | RIGHT_D] >> access & 1)) return fault64(address, access, P);
  for (int above = highest; above > level; above--)
    if (!(entry[above] & A)) store64(at[above], entry[above] | A);
  uint64_t used = entry[level] | A | (access & 1 ? D : 0);
  if (used != entry[level]) store64(at[level], used);
  uint64_t in_page = (1ull << (12 + 9 * (level - 1))) - 1;
  uint64_t page = (used & ADDRESS52 & ~in_page) | (address & in_page & ~0xfffull);
  if (used & D) rights |= RIGHT_D;
  long_hits[slot].tag = (address & ~0xfffffffull) | long_key | long_grants[rights];
  long_hits[slot].physical = page;
  long_facts[slot].stamp = ++long_clock;
  long_facts[slot].meta = rights | (used & G ? META_GLOBAL : 0) | long_pcid << META_PCID_SHIFT;
  return page | (address & 0xfff);
}

static inline uint64_t translate64_inline(uint64_t address, uint32_t access, directory_t *last) {
  uint32_t slot = address >> 12 & (LONG_SLOTS - 1);
  uint64_t tag = long_hits[slot].tag;
  if (!(((address & ~0xfffffffull) ^ tag ^ long_key) >> 12) && tag >> access & 1)
    return long_hits[slot].physical | (address & 0xfff);
  return walk64(address, access, last);
}

/* A call each, as from another file of a C program. */
__attribute__((noinline)) static uint64_t translate64(uint64_t address, uint32_t access) {
  return translate64_inline(address, access, 0);
}

__attribute__((noinline)) static uint32_t translate_many64(uint32_t access) {
  directory_t last = {UINT64_MAX, 0, 0};
  for (uint32_t i = 0; i < linear64_count; i++) {
    uint64_t result = translate64_inline(linear64[i], access, &last);
    if (result == FAULT64) return i;
    physical64[i] = result;
  }
  return linear64_count;
}

__attribute__((noinline)) static void invlpg64(uint64_t address) {
  uint32_t slot = address >> 12 & (LONG_SLOTS - 1);
  if ((long_hits[slot].tag ^ address) >> 28) return;
  if (!(long_facts[slot].meta & META_GLOBAL) && long_facts[slot].meta >> META_PCID_SHIFT != long_pcid) return;
  long_hits[slot].tag = 0;
  long_facts[slot].stamp = 0;
}

/* The bytes of a word that crosses into another page. */
static inline uint64_t crossing64(uint64_t first, uint64_t second, uint32_t in_page, uint32_t bytes) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bytes; i++) {
    uint64_t at = i < in_page ? first + i : second + i - in_page;
    value |= (uint64_t)(at >> 12 < frame_count ? ((uint8_t *)memory)[at] : 0xff) << (8 * i);
  }
  return value;
}

/* A word of all ones looks like FAULT64: who must tell them apart looks at fault_code. */
static inline uint64_t read_wide(uint64_t address, uint32_t access, uint32_t bytes) {
  uint64_t first = translate64_inline(address, access, 0), second = 0, value = 0;
  if (first == FAULT64) return FAULT64;
  uint32_t in_page = 4096 - (first & 0xfff);
  if (in_page >= bytes) {
    if (first >> 12 >= frame_count) return bytes == 8 ? UINT64_MAX : UINT32_MAX;
    memcpy(&value, (uint8_t *)memory + first, bytes);
    return value;
  }
  second = translate64_inline(address + in_page, access, 0);
  return second == FAULT64 ? FAULT64 : crossing64(first, second, in_page, bytes);
}

__attribute__((noinline)) static uint64_t long_read32(uint64_t address, uint32_t access) { return read_wide(address, access, 4); }

__attribute__((noinline)) static uint64_t read64(uint64_t address, uint32_t access) { return read_wide(address, access, 8); }

/* All or nothing: both pages are translated before anything is written. @returns FAULT64, or 0. */
__attribute__((noinline)) static uint64_t write64(uint64_t address, uint64_t value, uint32_t access) {
  uint64_t first = translate64_inline(address, access, 0);
  if (first == FAULT64) return FAULT64;
  uint32_t in_page = 4096 - (first & 0xfff);
  if (in_page >= 8) {
    if (first >> 12 < frame_count) memcpy((uint8_t *)memory + first, &value, 8);
    return 0;
  }
  uint64_t second = translate64_inline(address + in_page, access, 0);
  if (second == FAULT64) return FAULT64;
  for (uint32_t i = 0; i < 8; i++) {
    uint64_t at = i < in_page ? first + i : second + i - in_page;
    if (at >> 12 < frame_count) ((uint8_t *)memory)[at] = value >> (8 * i);
  }
  return 0;
}

/* What is read where linear64[] says, in order: low and high halves. */
static uint64_t hash_read64(void) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < linear64_count; i++) {
    uint64_t value = read64(linear64[i], 0);
    hash = (hash * 31 + (uint32_t)value) * 31 + (uint32_t)(value >> 32);
  }
  return hash;
}

static uint64_t hash_physical64(void) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < linear64_count; i++) hash = hash * 31 + (uint32_t)physical64[i];
  return hash;
}

/* Work that fills the list of results, whose hash counts. */
static int is_long_list(const char *work) {
  return !strcmp(work, "long-hits") || !strcmp(work, "long-misses") || !strcmp(work, "long-pcids");
}

/* @returns whether it knows the work. */
static int run_long(const char *work, uint64_t root, uint64_t *hash) {
  uint32_t xor = 0;
  if (!strcmp(work, "long-hits")) translate_many64(0);
  else if (!strcmp(work, "long-translate")) for (uint32_t i = 0; i < linear64_count; i++) xor ^= translate64(linear64[i], 0);
  else if (!strcmp(work, "long-misses")) { load_cr3(root, 0); translate_many64(0); }
  else if (!strcmp(work, "long-pcids")) {
    load_cr3(root | 1 | 1ull << 63, 1); translate_many64(0);
    load_cr3(root | 2 | 1ull << 63, 1); translate_many64(0);
  } else if (!strcmp(work, "long-invlpg")) {
    for (uint32_t i = 0; i < linear64_count; i++) { invlpg64(linear64[i]); xor ^= translate64(linear64[i], 0); }
  } else if (!strcmp(work, "long-read32")) for (uint32_t i = 0; i < linear64_count; i++) xor ^= long_read32(linear64[i], 0);
  else if (!strcmp(work, "long-read64")) {
    uint64_t all = 0;
    for (uint32_t i = 0; i < linear64_count; i++) all ^= read64(linear64[i], 0);
    xor = (uint32_t)all ^ (uint32_t)(all >> 32);
  } else if (!strcmp(work, "long-write64")) for (uint32_t i = 0; i < linear64_count; i++) write64(linear64[i], linear64[i], 1);
  else return 0;
  *hash = xor;
  return 1;
}
