/* Reads and writes through the MMU in 32-bit paging, at any byte. Included by peer.c. */

__attribute__((noinline)) static int64_t read32(uint32_t address, uint32_t access) {
  uint32_t first = translate_inline(address, access);
  if (first == FAULT) return -1;
  uint32_t in_page = 4096 - (first & 0xfff);
  if (in_page >= 4) {
    if (first >> 12 >= frame_count) return UINT32_MAX;
    uint32_t value;
    memcpy(&value, (uint8_t *)memory + first, 4);
    return value;
  }
  uint32_t second = translate_inline(address + in_page, access);
  if (second == FAULT) return -1;
  uint32_t value = 0;
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t at = i < in_page ? first + i : second + i - in_page;
    value |= (uint32_t)(at >> 12 < frame_count ? ((uint8_t *)memory)[at] : 0xff) << (8 * i);
  }
  return value;
}

/* All or nothing: both pages are translated before anything is written. @returns FAULT, or 0. */
__attribute__((noinline)) static uint32_t write32(uint32_t address, uint32_t value, uint32_t access) {
  uint32_t first = translate_inline(address, access);
  if (first == FAULT) return FAULT;
  uint32_t in_page = 4096 - (first & 0xfff);
  if (in_page >= 4) {
    if (first >> 12 < frame_count) memcpy((uint8_t *)memory + first, &value, 4);
    return 0;
  }
  uint32_t second = translate_inline(address + in_page, access);
  if (second == FAULT) return FAULT;
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t at = i < in_page ? first + i : second + i - in_page;
    if (at >> 12 < frame_count) ((uint8_t *)memory)[at] = value >> (8 * i);
  }
  return 0;
}

/* What is read where linear[] says, in order. */
static uint64_t hash_read32(void) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < linear_count; i++) hash = hash * 31 + (uint32_t)read32(linear[i], 0);
  return hash;
}
