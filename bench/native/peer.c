/*
 * The same MMU and table builder in C: what the hardware of this machine allows. It is given the same memory image
 * as the JavaScript beside it, runs the same work on demand, and answers with the time and a hash of the results.
 *
 * It caches translations as the library does: one 32-bit word for every linear page, and a list of fills for flushes.
 *
 * stdin, one command a line:
 *   load FILE SIZE CR3      takes FILE as physical memory from address 0, SIZE bytes in all
 *   linear FILE             takes FILE as the list of linear addresses, 32 bits each
 *   wide FILE               the same, 64 bits each
 *   frames FILE             takes FILE as the list of frames, 32 bits each
 *   kernel FILE             takes FILE as the kernel that a domain is given
 *   ram SIZE                takes SIZE bytes of empty physical memory
 *   run WORK REPEATS        does WORK that often; answers "NANOSECONDS HASH", the time of one repeat
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { P = 1, RW = 2, US = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100 };
enum { RIGHT_D = 4 };
#define FAULT UINT32_MAX
#define PAGES 0x100000u
#define FILLS (8 * PAGES)

static uint32_t *memory;
static uint32_t frame_count, cr3, cr2, fault_code, fault_vector;
static uint64_t cr2_64, root_of_scan;

static uint32_t *cached;            /* a word for every linear page, as in src/mmu/page-tlb.ts */
static uint32_t *fills;             /* what a flush has to undo */
static uint32_t fill_count;
static uint32_t grants[8];          /* by rights: the accesses they allow, a bit each */

static uint32_t *linear, linear_count, *physical;
static uint32_t *frames, page_count;

/* SDM 3A 4.6 for 32-bit paging with CR0.WP: rights are R/W, U/S and D; an access is write 1, user 4, fetch 2. */
static void make_grants(void) {
  for (uint32_t rights = 0; rights < 8; rights++) {
    grants[rights] = 0;
    for (uint32_t access = 0; access < 8; access++) {
      int user = (access & 4) != 0, write = (access & 1) != 0;
      if (user && !(rights & 2)) continue;
      if (write && (!(rights & 1) || !(rights & RIGHT_D))) continue;
      grants[rights] |= 1u << access;
    }
  }
}

static inline uint32_t load(uint32_t address) {
  return address >> 12 < frame_count ? memory[address >> 2] : UINT32_MAX;
}

static inline void store(uint32_t address, uint32_t value) {
  if (address >> 12 < frame_count) memory[address >> 2] = value;
}

static uint32_t fault(uint32_t address, uint32_t access, uint32_t present) {
  cr2 = address;
  fault_code = present | (access & 1) << 1 | (access & 4);
  fault_vector = 14;
  return FAULT;
}

static uint32_t large_cached;       /* some piece of a large page has been */

/* Makes room in the list of fills: each page counts once, and only while it is cached. */
__attribute__((noinline)) static void tidy_fills(void) {
  static uint8_t seen[PAGES];
  uint32_t kept = 0;
  memset(seen, 0, sizeof seen);
  for (uint32_t i = fill_count; i-- > 0;) {
    uint32_t page = fills[i] >> 12;
    if (!seen[page] && cached[page]) fills[FILLS - ++kept] = fills[i];
    seen[page] = 1;
  }
  memmove(fills, fills + FILLS - kept, kept * 4ul);
  fill_count = kept;
}

/* The two-level walk with rights, A and D, then the fill of the TLB. CR4.PSE and CR4.PGE are on. */
static inline uint32_t walk(uint32_t address, uint32_t access) {
  uint32_t pde_at = (cr3 & ~0xfffu) | (address >> 20 & 0xffc);
  uint32_t pde = load(pde_at), used, leaf, base, rights, large = 0;
  if (!(pde & P)) return fault(address, access, 0);
  if (pde & PS) {
    rights = pde >> 1 & 3;
    if (!(grants[rights | RIGHT_D] >> access & 1)) return fault(address, access, P);
    used = pde | A | (access & 1 ? D : 0);
    if (used != pde) store(pde_at, used);
    leaf = pde;
    base = (pde & 0xffc00000) | (address & 0x3ff000);
    large = 1u << 11;
    large_cached = 1;
  } else {
    uint32_t pte_at = (pde & ~0xfffu) | (address >> 10 & 0xffc);
    uint32_t pte = load(pte_at);
    if (!(pte & P)) return fault(address, access, 0);
    rights = (pde & pte) >> 1 & 3;
    if (!(grants[rights | RIGHT_D] >> access & 1)) return fault(address, access, P);
    if (!(pde & A)) store(pde_at, pde | A);
    used = pte | A | (access & 1 ? D : 0);
    if (used != pte) store(pte_at, used);
    leaf = pte;
    base = pte & ~0xfffu;
  }
  if (used & D) rights |= RIGHT_D;
  cached[address >> 12] = ((address ^ base) & ~0xfffu) | grants[rights] | (rights & 2 ? 8 : 0) |
                          (rights & 1 ? 0x80 : 0) | (used & D ? 0x400 : 0) | large;
  fills[fill_count++] = (address & ~0xfffu) | (leaf & G ? 0x10 : 0) | access;
  return base | (address & 0xfff);
}

static inline uint32_t translate_inline(uint32_t address, uint32_t access) {
  uint32_t word = cached[address >> 12];
  if (word >> access & 1) return (word & ~0xfffu) ^ address;
  return walk(address, access);
}

/* A call each, as from another file of a C program. */
__attribute__((noinline)) static uint32_t translate(uint32_t address, uint32_t access) {
  return translate_inline(address, access);
}

__attribute__((noinline)) static uint32_t translate_many(uint32_t access) {
  for (uint32_t i = 0; i < linear_count; i++) {
    uint32_t result = translate_inline(linear[i], access);
    if (result == FAULT) return i;
    physical[i] = result;
  }
  return linear_count;
}

/* One page, global or not; of a large page every piece. */
__attribute__((noinline)) static void invlpg(uint32_t address) {
  if (fill_count > FILLS / 2) tidy_fills();
  cached[address >> 12] = 0;
  if (!large_cached) return;
  uint32_t *piece = cached + (address >> 22 << 10);
  for (int i = 0; i < 1024; i++) if (piece[i] & 1u << 11) piece[i] = 0;
}

/* A load of CR3: what is not global goes. */
__attribute__((noinline)) static void flush(void) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < fill_count; i++) {
    if (fills[i] & 0x10) fills[kept++] = fills[i];
    else cached[fills[i] >> 12] = 0;
  }
  fill_count = kept;
}

/* A change of CR4.PGE: everything goes. */
__attribute__((noinline)) static void flush_all(void) {
  for (uint32_t i = 0; i < fill_count; i++) cached[fills[i] >> 12] = 0;
  fill_count = 0;
}

/* Every linear page for every kind of access: the frame it leads to and the accesses that succeed. */
__attribute__((noinline)) static uint64_t all_pages(int32_t *found, uint8_t *granted) {
  static const uint32_t kinds[6] = {0, 1, 2, 4, 5, 6};
  uint64_t succeeded = 0;
  for (uint32_t page = 0; page < PAGES; page++) {
    found[page] = -1;
    granted[page] = 0;
    for (int k = 0; k < 6; k++) {
      uint32_t result = translate_inline(page << 12, kinds[k]);
      if (result == FAULT) continue;
      found[page] = result >> 12;
      granted[page] |= 1u << kinds[k];
      succeeded++;
    }
  }
  return succeeded;
}

static uint64_t hash_words(const uint32_t *words, size_t count) {
  uint32_t hash = 0;
  for (size_t i = 0; i < count; i++) hash = hash * 31 + words[i];
  return hash;
}

/* Empty RAM in place of what there was. */
static void take_ram(size_t size) {
  if (memory) munmap(memory, frame_count * 4096ul);
  memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) { perror("RAM"); exit(1); }
  frame_count = size / 4096;
}

static uint32_t *read_file(const char *name, uint32_t *count) {
  FILE *file = fopen(name, "rb");
  if (!file) { perror(name); exit(1); }
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  uint32_t *words = malloc(size);
  if (fread(words, 1, size, file) != (size_t)size) exit(1);
  fclose(file);
  *count = size / 4;
  return words;
}

#include "access.h"
#include "long-mode.h"
#include "pae.h"
#include "build.h"
#include "scan.h"
#include "edit.h"
#include "xen.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(void) {
  char line[4096], name[2048], work[64];
  int32_t *found = malloc(PAGES * 4);
  uint8_t *granted = malloc(PAGES);
  cached = mmap(0, PAGES * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fills = malloc(FILLS * 4ul);
  pae_cached = mmap(0, PAGES * 8ul, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pae_fills = malloc(PAGES * 4ul);
  make_grants();
  make_long_grants();
  while (fgets(line, sizeof line, stdin)) {
    unsigned long long size, root, repeats;
    if (sscanf(line, "load %2047s %llu %llu", name, &size, &root) == 3) {
      uint32_t words;
      uint32_t *image = read_file(name, &words);
      take_ram(size);
      for (uint32_t i = 0; i < words; i++) if (image[i]) memory[i] = image[i];
      free(image);
      cr3 = root_of_scan = root;
      flush();
      pae_load_cr3(cr3);
      puts("ok");
    } else if (sscanf(line, "ram %llu", &size) == 1) {
      take_ram(size);
      puts("ok");
    } else if (sscanf(line, "linear %2047s", name) == 1) {
      free(linear);
      linear = read_file(name, &linear_count);
      physical = realloc(physical, linear_count * 4);
      memset(physical, 0, linear_count * 4);
      pae_physical = realloc(pae_physical, linear_count * 8ul);
      puts("ok");
    } else if (sscanf(line, "wide %2047s", name) == 1) {
      free(linear64);
      linear64 = (uint64_t *)read_file(name, &linear64_count);
      linear64_count /= 2;
      physical64 = realloc(physical64, linear64_count * 8ul);
      memset(physical64, 0, linear64_count * 8ul);
      load_cr3(cr3, 0);
      puts("ok");
    } else if (sscanf(line, "frames %2047s", name) == 1) {
      frames = read_file(name, &page_count);
      puts("ok");
    } else if (sscanf(line, "kernel %2047s", name) == 1) {
      kernel = (uint8_t *)read_file(name, &kernel_words);
      puts("ok");
    } else if (sscanf(line, "run %63s %llu", work, &repeats) == 2) {
      uint64_t hash = 0;
      double start = now();
      for (unsigned long long r = 0; r < repeats; r++) {
        if (!strcmp(work, "many-hits")) translate_many(0);
        else if (!strcmp(work, "many-misses")) { flush(); translate_many(0); }
        else if (!strcmp(work, "translate")) { hash = 0; for (uint32_t i = 0; i < linear_count; i++) hash ^= translate(linear[i], 0); }
        else if (!strcmp(work, "read32")) { hash = 0; for (uint32_t i = 0; i < linear_count; i++) hash ^= read32(linear[i], 0); }
        else if (!strcmp(work, "write32")) for (uint32_t i = 0; i < linear_count; i++) write32(linear[i], i, 1);
        else if (!strcmp(work, "faults")) { hash = 0; for (uint32_t i = 0; i < linear_count; i++) if (translate(linear[i], 5) == FAULT) hash ^= cr2 ^ fault_code; }
        else if (!strcmp(work, "invlpg")) { hash = 0; for (uint32_t i = 0; i < linear_count; i++) { invlpg(linear[i]); hash ^= translate(linear[i], 0); } }
        else if (!strcmp(work, "tables")) build_tables();
        else if (!strcmp(work, "large-tables")) build_large();
        else if (!strcmp(work, "tables-large")) tables_with_large_pages();
        else if (run_domain(work, &hash)) continue;
        else if (!strcmp(work, "all-pages")) { flush_all(); hash = all_pages(found, granted); }
        else if (!strncmp(work, "scan", 4)) hash = scan_pages(work[4] == '6' ? 64 : 32, work[6] != 0, root_of_scan);
        else if (!strcmp(work, "pae-scan")) hash = scan_pages(36, 1, root_of_scan);
        else if (!strcmp(work, "long-scan")) hash = scan_pages(64, 1, root_of_scan);
        else if (!strcmp(work, "xen-build")) { if (!xen_build()) { fputs("Xen refuses the domain\n", stderr); return 2; } }
        else if (run_edit(work)) continue;
        else if (run_pae(work)) continue;
        else if (run_long(work, cr3, &hash)) continue;
        else { fprintf(stderr, "no work %s\n", work); return 2; }
      }
      double time = (now() - start) / repeats;
      if (!strcmp(work, "write32")) hash = hash_read32();
      if (!strcmp(work, "long-write64")) hash = hash_read64();
      if (!strncmp(work, "many", 4)) hash = hash_words(physical, linear_count);
      if (!strncmp(work, "tables", 6)) hash = hash_tables();
      if (!strcmp(work, "domain-copy")) hash = hash_words(frames, page_count);
      else if (!strncmp(work, "domain", 6) && strcmp(work, "domain-check")) hash = hash_domain();
      if (!strcmp(work, "large-tables")) hash = hash_words(memory, 1024);
      if (!strcmp(work, "all-pages")) hash = hash * 31 + hash_words((uint32_t *)found, PAGES);
      if (!strncmp(work, "edit", 4)) hash = hash_edit();
      if (!strcmp(work, "pae-hits") || !strcmp(work, "pae-misses")) hash = pae_hash();
      if (!strcmp(work, "xen-build")) hash = hash_xen();
      if (strstr(work, "large-pages")) hash = hash_large_pages();
      if (is_long_list(work)) hash = hash_physical64();
      printf("%.1f %llu\n", time, (unsigned long long)(hash & UINT32_MAX));
    } else { fprintf(stderr, "not understood: %s", line); return 2; }
    fflush(stdout);
  }
  return 0;
}
