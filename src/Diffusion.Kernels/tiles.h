/* Tiles (AMX): registers of up to 16 rows of 64 bytes. */
#ifndef DIFFUSION_TILES_H
#define DIFFUSION_TILES_H

#include <immintrin.h>
#include <stdint.h>

#include "kernels.h"

#define TILE_ROWS 16
#define TILE_DEPTH 32 /* bfloat16 numbers in a row */

struct tile_config {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

/* Loads a tile. GCC's own _tile_loadd does not say that it reads memory, so that stores may pass it. */
#define LOAD_TILE(tile, base, stride) \
    __asm__ volatile( \
        "tileloadd (%0,%1,1), %%tmm" #tile ::"r"((const void *)(base)), "r"((int64_t)(stride)) \
        : "memory")

/* From now on until _tile_release there are eight tiles of full size. */
static inline void use_tiles(void)
{
    /* Static, since GCC takes the instruction to read no more than the first eight bytes. */
    static const struct tile_config full = {
        .palette = 1,
        .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
        .rows = {TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS, TILE_ROWS},
    };
    _tile_loadconfig(&full);
}

/* Turns a matrix of 16 x 16 numbers of 32 bits, a row in each register. */
static inline void turn_block(__m512i r[16])
{
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 16; i += 8)
        for (int k = 0; k < 4; k++) {
            t[i + k] = _mm512_shuffle_i32x4(r[i + k], r[i + k + 4], 0x88);
            t[i + k + 4] = _mm512_shuffle_i32x4(r[i + k], r[i + k + 4], 0xdd);
        }
    for (int k = 0; k < 8; k++) {
        r[k] = _mm512_shuffle_i32x4(t[k], t[k + 8], 0x88);
        r[k + 8] = _mm512_shuffle_i32x4(t[k], t[k + 8], 0xdd);
    }
}

/* 16 numbers of each, those of a before those of b. */
static inline __m512i pair(const dk_bf16 *a, const dk_bf16 *b)
{
    __m512i low = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)a));
    __m512i high = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)b));
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/* turned [columns, count] = rows [count, depth]; count a multiple of 32, columns one of 16. */
static inline void turn_rows(const dk_bf16 *rows, int64_t count, int64_t depth, int64_t columns, dk_bf16 *turned)
{
    for (int64_t c = 0; c < columns; c += TILE_ROWS)
        for (int64_t q = 0; q < count; q += TILE_DEPTH) {
            __m512i block[16];
            for (int64_t k = 0; k < TILE_ROWS; k++)
                block[k] = pair(rows + (q + 2 * k) * depth + c, rows + (q + 2 * k + 1) * depth + c);
            turn_block(block);
            for (int64_t k = 0; k < TILE_ROWS; k++)
                _mm512_storeu_si512(turned + (c + k) * count + q, block[k]);
        }
}

#endif
