/*
 * A builder of page tables in C, for `x86-paging check` and `x86-paging campaign`: docs/builders.md tells the protocol.
 * It reads one request as JSON, maps what is asked for in any paging mode, and writes a line of JSON and the tables.
 *
 *   gcc -O2 -Wall -Wextra -o builder builder.c
 *   x86-paging campaign ./builder --runs 1000
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { P = 1, RW = 2, US = 4, PS = 0x80, G = 0x100, PAGE = 4096 };
static const uint64_t NX = 1ull << 63;

static char request[1 << 20];
static unsigned frames[65536], frame_count, frames_used;
static unsigned char *tables; /* the frames that are used, one after the other */

static void die(const char *why) {
  fprintf(stderr, "builder: %s\n", why);
  exit(1);
}

/* The value of a key, from a place on. The requests are written by a program: no key occurs inside a string. */
static const char *value_of(const char *from, const char *key) {
  char quoted[40];
  snprintf(quoted, sizeof quoted, "\"%s\":", key);
  const char *at = strstr(from, quoted);
  if (at == NULL) die("the request lacks a key");
  return at + strlen(quoted);
}

static uint64_t number_of(const char *from, const char *key) {
  const char *at = value_of(from, key);
  return strtoull(at + (*at == '"'), NULL, 0);
}

static int flag_of(const char *from, const char *key) { return *value_of(from, key) == 't'; }

/* A cleared frame for a table: its place in `tables`. */
static unsigned take_frame(void) {
  if (frames_used == frame_count) die("the request has too few frames");
  return frames_used++;
}

/* Which of the frames that are used has this number. */
static unsigned place_of(uint64_t frame) {
  for (unsigned i = 0; i < frames_used; i++)
    if (frames[i] == frame) return i;
  die("an entry leads to no table");
  return 0;
}

struct mode {
  const char *name;
  int levels, entry_bytes, index_bits, large_shift;
};
static const struct mode MODES[] = {
    {"32-bit", 2, 4, 10, 22}, {"PAE", 3, 8, 9, 21}, {"4-level", 4, 8, 9, 21}, {"5-level", 5, 8, 9, 21}};

static uint64_t load(const struct mode *m, unsigned table, unsigned index) {
  uint64_t entry = 0;
  memcpy(&entry, tables + (size_t)table * PAGE + (size_t)index * m->entry_bytes, m->entry_bytes);
  return entry;
}

static void store(const struct mode *m, unsigned table, unsigned index, uint64_t entry) {
  memcpy(tables + (size_t)table * PAGE + (size_t)index * m->entry_bytes, &entry, m->entry_bytes);
}

/* Maps one page: down to the level of its size, with a new table wherever none is yet. */
static void map_page(const struct mode *m, uint64_t linear, uint64_t leaf, int page_shift) {
  unsigned table = 0;
  for (int level = m->levels - 1;; level--) {
    int shift = 12 + level * m->index_bits;
    int bits = level == 2 && m->levels == 3 ? 2 : m->index_bits; /* PAE has four PDPTEs */
    unsigned index = (linear >> shift) & ((1u << bits) - 1);
    if (shift == page_shift) {
      store(m, table, index, leaf);
      return;
    }
    uint64_t entry = load(m, table, index);
    if (!(entry & P)) {
      unsigned next = take_frame();
      /* The leaves alone decide about rights. A PDPTE of PAE has no room for any. */
      uint64_t rights = level == 2 && m->levels == 3 ? P : P | RW | US;
      entry = (uint64_t)frames[next] * PAGE | rights;
      store(m, table, index, entry);
    }
    table = place_of((entry >> 12) & 0xffffffffffull);
  }
}

static const struct mode *mode_of(const char *text) {
  for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++)
    if (strncmp(text + 1, MODES[i].name, strlen(MODES[i].name)) == 0) return &MODES[i];
  die("no such paging mode");
  return NULL;
}

int main(void) {
  size_t length = fread(request, 1, sizeof request - 1, stdin);
  request[length] = '\0';
  const struct mode *m = mode_of(value_of(request, "mode"));
  char *at = (char *)value_of(request, "frames") + 1;
  while (*at != ']' && frame_count < sizeof frames / sizeof *frames) {
    frames[frame_count++] = strtoul(at, &at, 10);
    if (*at == ',') at++;
  }
  tables = calloc(frame_count, PAGE);
  if (tables == NULL) die("no memory");
  take_frame(); /* the root */

  for (const char *item = value_of(request, "mappings"); (item = strchr(item, '{')) != NULL; item++) {
    uint64_t linear = number_of(item, "linear"), physical = number_of(item, "physical");
    uint64_t size = number_of(item, "pageSize"), bytes = number_of(item, "bytes");
    uint64_t flags = P | (flag_of(item, "writable") ? RW : 0) | (flag_of(item, "user") ? US : 0) |
                     (flag_of(item, "global") ? G : 0) | (size > PAGE ? PS : 0) |
                     (flag_of(item, "executable") ? 0 : NX);
    for (uint64_t done = 0; done < bytes; done += size)
      map_page(m, linear + done, (physical + done) | flags, size > PAGE ? m->large_shift : 12);
  }

  printf("{\"cr3\":%u,\"frames\":[", frames[0] * PAGE);
  for (unsigned i = 0; i < frames_used; i++) printf(i == 0 ? "%u" : ",%u", frames[i]);
  printf("]}\n");
  fwrite(tables, PAGE, frames_used, stdout);
  return 0;
}
