/*
 * The hypervisor's checks in C, as src/xen makes them for domain 0: a frame table in RAM with references and types, and a
 * list of updates of which each is judged by what its frame is used as. Included by peer.c.
 */

enum { FRAME_TABLE = 0x1400000, M2P = 0x1000000, FRAME_ENTRY_WORDS = 6, GUEST_SLOTS = 1008 };
/* Words of an entry of the frame table. */
enum { OWNER = 2, COUNT = 3, TYPE = 4, STAMP = 5 };
enum { TYPE_L1 = 1, TYPE_L2 = 2, TYPE_L4 = 4, TYPE_WRITABLE = 7, TYPE_SHIFT = 29 };
#define COUNT_MASK 0x0fffffffu
#define ALLOCATED (1u << 28)
#define PINNED (1u << 29)
#define FLUSH (1u << 30)
#define ZOMBIE (1u << 31)
#define VALIDATED (1u << 28)
enum { OWNER_0 = 0x160 << 12, OWNER_1 = 0x150 << 12, SHARED_INFO_0 = 0x161, FRAME_OF_DOMAIN_0 = 0x2bff };

static uint32_t xen_caller, xen_clock, xen_last_flush, xen_cr3;

static inline uint32_t *xen_entry(uint32_t frame) {
  return memory + FRAME_TABLE / 4 + (size_t)frame * FRAME_ENTRY_WORDS;
}

static void xen_flush(void) { xen_last_flush = ++xen_clock; }

static int xen_needs_flush(uint32_t stamp) {
  return xen_last_flush <= stamp && stamp - xen_last_flush <= 0x20000;
}

/* Domain 0 may refer to any frame that is referred to already, others to their own. */
static inline int xen_take(uint32_t frame) {
  if (frame >= frame_count) return 0;
  uint32_t *entry = xen_entry(frame), word = entry[COUNT];
  if (!(word & COUNT_MASK) || !((word + 1) & COUNT_MASK)) return 0;
  if (xen_caller != OWNER_0 && (word & ZOMBIE || entry[OWNER] != xen_caller)) return 0;
  entry[COUNT] = word + 1;
  return 1;
}

static inline void xen_drop(uint32_t frame) {
  uint32_t *entry = xen_entry(frame), word = --entry[COUNT];
  if (word & COUNT_MASK) return;
  entry[OWNER] = word & ZOMBIE ? 0 : 1;
  entry[STAMP] = xen_clock;
  entry[COUNT] = 0;
}

static int xen_take_type(uint32_t frame, uint32_t type);
static void xen_drop_type(uint32_t frame);

static inline int xen_take_both(uint32_t frame, uint32_t type) {
  if (!xen_take(frame)) return 0;
  if (xen_take_type(frame, type)) return 1;
  xen_drop(frame);
  return 0;
}

static inline int xen_take_l1_entry(uint32_t value) {
  if (!(value & P)) return 1;
  if (value & (G | PS)) return 0;
  if (!(value & RW)) return xen_take(value >> 12);
  if (!xen_take_both(value >> 12, TYPE_WRITABLE)) return 0;
  xen_entry(value >> 12)[COUNT] |= FLUSH;
  return 1;
}

/* A table; or, read-only, the directory itself or another one, as a table. */
static int xen_take_l2_entry(uint32_t value, uint32_t directory) {
  uint32_t frame = value >> 12;
  if (!(value & P)) return 1;
  if (value & (G | PS)) return 0;
  if (xen_take_both(frame, TYPE_L1)) return 1;
  if (value & RW) return 0;
  if (frame == directory) return 1;
  if (!xen_take(frame)) return 0;
  uint32_t *type = xen_entry(frame) + TYPE;
  if (*type >> TYPE_SHIFT == TYPE_L2 && *type & VALIDATED && (*type & COUNT_MASK) != COUNT_MASK) { ++*type; return 1; }
  xen_drop(frame);
  return 0;
}

static void xen_drop_entry(uint32_t value, uint32_t type, uint32_t table) {
  uint32_t frame = value >> 12;
  if (!(value & P) || (type == TYPE_L2 && frame == table)) return;
  if (type == TYPE_L2 || value & RW) xen_drop_type(frame);
  xen_drop(frame);
}

static void xen_drop_type(uint32_t frame) {
  uint32_t *entry = xen_entry(frame), word = entry[TYPE], type = word >> TYPE_SHIFT;
  if (!((word - 1) & COUNT_MASK)) {
    entry[STAMP] = xen_clock;
    if (type <= TYPE_L4 && word & VALIDATED) {
      entry[TYPE] = word & ~VALIDATED;
      for (uint32_t i = 0, end = type == TYPE_L2 ? GUEST_SLOTS : 1024; i < end; i++)
        xen_drop_entry(frame_words(frame)[i], type, frame);
    }
  }
  entry[TYPE]--;
}

static int xen_validate(uint32_t frame, uint32_t type) {
  uint32_t *entry = xen_entry(frame), *words = frame_words(frame);
  if (entry[COUNT] & FLUSH) {
    entry[COUNT] &= ~FLUSH;
    if (xen_needs_flush(entry[STAMP])) xen_flush();
  }
  if (type != TYPE_L1 && type != TYPE_L2) return 0;
  for (uint32_t i = 0, end = type == TYPE_L2 ? GUEST_SLOTS : 1024; i < end; i++) {
    if (type == TYPE_L1 ? xen_take_l1_entry(words[i]) : xen_take_l2_entry(words[i], frame)) continue;
    while (i-- > 0) xen_drop_entry(words[i], type, frame);
    return 0;
  }
  if (type == TYPE_L2) xen_slots(frame);
  return 1;
}

static int xen_take_type(uint32_t frame, uint32_t type) {
  uint32_t *entry = xen_entry(frame), word = entry[TYPE], next = word + 1;
  if (!(next & COUNT_MASK)) return 0;
  if (!(word & COUNT_MASK)) {
    if (word >> TYPE_SHIFT != type) next = type << TYPE_SHIFT | (type == TYPE_WRITABLE ? VALIDATED : 0) | 1;
  } else if (word >> TYPE_SHIFT != type || !(word & VALIDATED)) return 0;
  entry[TYPE] = next;
  if (next & VALIDATED) return 1;
  if (!xen_validate(frame, type)) { xen_drop_type(frame); return 0; }
  entry[TYPE] |= VALIDATED;
  return 1;
}

/* One entry of a table in use: new references before old ones are dropped, none where only free bits change. */
static inline int xen_update_entry(uint32_t *at, uint32_t value, uint32_t type, uint32_t table) {
  uint32_t old = *at;
  if (value & P && (old ^ value) & ~(type == TYPE_L1 ? 0xffcu : 0xffeu)) {
    if (!(type == TYPE_L1 ? xen_take_l1_entry(value) : xen_take_l2_entry(value, table))) return 0;
  } else if (value & P) { *at = value; return 1; }
  *at = value;
  xen_drop_entry(old, type, table);
  return 1;
}

static int xen_checked_update(uint32_t address, uint32_t value) {
  uint32_t frame = address >> 12, *at = memory + address / 4;
  if (!xen_take(frame)) return 0;
  uint32_t type = xen_entry(frame)[TYPE] >> TYPE_SHIFT;
  if (type != TYPE_L1 && type != TYPE_L2) type = TYPE_WRITABLE;
  int done = xen_take_type(frame, type);
  if (done) {
    if (type == TYPE_WRITABLE) *at = value;
    else if (type == TYPE_L2 && (address & 0xfff) / 4 >= GUEST_SLOTS) done = 0;
    else done = xen_update_entry(at, value, type, frame);
    xen_drop_type(frame);
  }
  xen_drop(frame);
  return done;
}

static int xen_pin(uint32_t frame, uint32_t type) {
  if (!xen_take_both(frame, type)) return 0;
  if (xen_entry(frame)[COUNT] & PINNED) { xen_drop_type(frame); xen_drop(frame); return 0; }
  xen_entry(frame)[COUNT] |= PINNED;
  return 1;
}

static int xen_update(uint32_t pointer, uint32_t value) {
  uint32_t address = pointer & ~3u, frame = address >> 12;
  switch (pointer & 3) {
    case 0: return xen_checked_update(address, value);
    case 2:
      if (!xen_take(frame)) return 0;
      memory[M2P / 4 + frame] = value;
      xen_drop(frame);
      return 1;
    case 3: return (value & 0xff) < 2 && xen_pin(frame, (value & 0xff) + 1);
    default: return 0;
  }
}

static void xen_create(uint32_t owner, uint32_t shared_info, const uint32_t *list, uint32_t count) {
  memset(frame_words(owner >> 12), 0, 4096);
  memset(frame_words(shared_info), 0, 4096);
  uint32_t *shared = xen_entry(shared_info);
  shared[OWNER] = owner;
  shared[TYPE] = (uint32_t)TYPE_WRITABLE << TYPE_SHIFT | VALIDATED | 1;
  shared[COUNT] = 1;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t *entry = xen_entry(list[i]);
    if (entry[OWNER] && xen_needs_flush(entry[STAMP])) xen_flush();
    entry[OWNER] = owner;
    entry[TYPE] = 0;
    entry[COUNT] = ALLOCATED | 1;
  }
}

/* Frames given out, a domain built with empty tables, its update list taken, its directory made current. */
__attribute__((noinline)) static int xen_build(void) {
  static const uint32_t own[] = {FRAME_OF_DOMAIN_0};
  memset(memory + FRAME_TABLE / 4, 0, (size_t)frame_count * 4 * FRAME_ENTRY_WORDS);
  xen_clock = xen_last_flush = 0;
  xen_create(OWNER_0, SHARED_INFO_0, own, 1);
  xen_create(OWNER_1, SHARED_INFO, frames, page_count);
  build_domain(1, 0, 0);
  /* Xen fills them, entry by entry. */
  uint32_t tables = (page_count + 1023) / 1024;
  for (uint32_t i = 0; i <= tables; i++) memset(frame_words(frames[page_count - 1 - i]), 0, 4096);
  xen_caller = OWNER_0;
  for (uint32_t i = 0; i < built.update_count; i += 2)
    if (!xen_update(built.updates[i], built.updates[i + 1])) return 0;
  xen_caller = OWNER_1;
  if (!xen_take_both(frames[page_count - 1], TYPE_L2)) return 0;
  xen_cr3 = frames[page_count - 1] << 12;
  return 1;
}

/* Of the directory below Xen, the page tables, and the page number of every frame. */
static uint64_t hash_xen(void) {
  uint32_t tables = (page_count + 1023) / 1024, hash = 0;
  for (uint32_t i = 0; i < page_count; i++) hash = hash * 31 + memory[M2P / 4 + frames[i]];
  hash = hash * 31 + hash_words(frame_words(frames[page_count - 1]), GUEST_SLOTS);
  for (uint32_t table = 0; table < tables; table++)
    hash = hash * 31 + hash_words(frame_words(frames[page_count - 2 - table]), 1024);
  return hash;
}
