/*
 * PAE in C, for a CPU with 36 address lines and no NX: the walk from four PDPTEs that a load of CR3 takes into the CPU, and
 * a TLB of one 64-bit word for every linear page. Tables of 2 MiB pages too, in PAE and in long mode. Included by peer.c.
 */

#define PAE_RESERVED 0xfffffff000000000ull

static uint64_t *pae_cached;        /* the physical page, and the accesses that are allowed, a bit each */
static uint32_t *pae_fills, pae_fill_count; /* lists are only read, so that no page is filled twice */
static uint64_t pae_pointers[4];
static uint64_t *pae_physical;

static void pae_load_cr3(uint32_t value) {
  for (uint32_t i = 0; i < pae_fill_count; i++) pae_cached[pae_fills[i]] = 0;
  pae_fill_count = 0;
  for (int i = 0; i < 4; i++) pae_pointers[i] = load64((value & ~31u) + 8 * i);
}

static inline uint64_t pae_walk(uint32_t address, uint32_t access) {
  uint64_t pointer = pae_pointers[address >> 30];
  if (!(pointer & P)) return fault64(address, access, 0);
  uint64_t pde_at = (pointer & ADDRESS52) | (address >> 18 & 0xff8), pde = load64(pde_at);
  if (!(pde & P)) return fault64(address, access, 0);
  if (pde & PAE_RESERVED) return fault64(address, access, 9);
  uint64_t leaf_at = pde_at, leaf = pde, page = (pde & ADDRESS52 & ~0x1fffffull) | (address & 0x1ff000);
  uint32_t rights = pde >> 1 & 3;
  if (!(pde & PS)) {
    leaf_at = (pde & ADDRESS52) | (address >> 9 & 0xff8);
    leaf = load64(leaf_at);
    if (!(leaf & P)) return fault64(address, access, 0);
    if (leaf & PAE_RESERVED) return fault64(address, access, 9);
    page = leaf & ADDRESS52;
    rights &= leaf >> 1;
  }
  if (!(grants[rights | RIGHT_D] >> access & 1)) return fault64(address, access, P);
  if (!(pde & A) && leaf_at != pde_at) store64(pde_at, pde | A);
  uint64_t used = leaf | A | (access & 1 ? D : 0);
  if (used != leaf) store64(leaf_at, used);
  if (used & D) rights |= RIGHT_D;
  pae_cached[address >> 12] = page | grants[rights];
  pae_fills[pae_fill_count++] = address >> 12;
  return page | (address & 0xfff);
}

__attribute__((noinline)) static void pae_translate_many(uint32_t access) {
  for (uint32_t i = 0; i < linear_count; i++) {
    uint64_t word = pae_cached[linear[i] >> 12];
    uint64_t result = word >> access & 1 ? (word & ADDRESS52) | (linear[i] & 0xfff) : pae_walk(linear[i], access);
    if (result == FAULT64) return;
    pae_physical[i] = result;
  }
}

enum { LARGE_TABLES = 0x20000 };

static uint32_t large_tables;       /* how many there are, from that frame on */

static uint64_t large_table(void) {
  uint64_t at = (uint64_t)(LARGE_TABLES + large_tables++) << 12;
  memset((uint8_t *)memory + at, 0, 4096);
  return at;
}

/* The table that an entry leads to, which is made where there is none. */
static inline uint64_t large_below(uint64_t at, uint64_t flags) {
  uint64_t entry = load64(at);
  if (!(entry & P)) store64(at, entry = large_table() | flags);
  return entry & ADDRESS52;
}

/* All of RAM, in PAE up to 4 GiB, mapped by pages of 2 MiB where it lies; no page may be mapped before. */
__attribute__((noinline)) static int large_pages(int levels) {
  uint64_t bytes = (uint64_t)frame_count << 12;
  if (levels == 3 && bytes > 1ull << 32) bytes = 1ull << 32;
  large_tables = 0;
  uint64_t root = large_table();
  for (uint64_t page = 0; page < bytes; page += 1 << 21) {
    uint64_t pointers = levels == 4 ? large_below(root | (page >> 36 & 0xff8), P | RW | US) : root;
    uint64_t at = large_below(pointers | (page >> 27 & 0xff8), levels == 4 ? P | RW | US : P) | (page >> 18 & 0xff8);
    if (load64(at) & P) return 0;
    store64(at, page | P | RW | PS);
  }
  return 1;
}

/* In whatever order they were made. */
static uint64_t hash_large_pages(void) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < large_tables; i++) sum += hash_words(memory + (size_t)(LARGE_TABLES + i) * 1024, 1024);
  return sum;
}

static uint64_t pae_hash(void) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < linear_count; i++) hash = hash * 31 + (uint32_t)pae_physical[i];
  return hash;
}

/* @returns whether it knows the work. */
static int run_pae(const char *work) {
  if (!strcmp(work, "pae-hits")) pae_translate_many(0);
  else if (!strcmp(work, "pae-misses")) { pae_load_cr3(cr3); pae_translate_many(0); }
  else if (!strcmp(work, "pae-large-pages")) large_pages(3);
  else if (!strcmp(work, "long-large-pages")) large_pages(4);
  else return 0;
  return 1;
}
