/*
 * Dense layers in bfloat16 by tiles (AMX): a block of 32 rows and 32 columns is four tiles of sums in float32, and what
 * follows the product (bias, activation, its slope) meets the block before it leaves the first cache, still in float32.
 * Only for the variant that has tiles.
 */
#include "simd.h"
#include "variant.h"

#define BLOCK 32 /* rows, columns and depth of a step: two tiles of 16 sums each way, pairs of depth in 16 rows */
#define TILE (16 * BLOCK) /* numbers of a tile of bfloat16 */

typedef __mmask16 mask;

static int64_t filled(int64_t n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

static inline mask first_lanes(int64_t n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (mask)((1u << n) - 1); }

static inline __m512 widened(const dk_bf16 *p)
{
    __m256i narrow = _mm256_loadu_si256((const __m256i *)p);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow), 16));
}

static inline void store_rounded(dk_bf16 *p, __m512 v)
{
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh(v));
}

static void begin_tiles(void)
{
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } __attribute__((packed)) config = {.palette = 1};
    for (int t = 0; t < 8; t++) {
        config.bytes[t] = 64;
        config.rows[t] = 16;
    }
    _tile_loadconfig(&config);
}

/*
 * Where the tiles of a factor are: how far it is from one row of a tile to the next, from one half of the block to the
 * other, and from one step of the depth to the next.
 */
struct tiles {
    const dk_bf16 *first;
    int64_t row, half, step;
};

/* sums = A B, over steps of 32. */
static inline void multiply(struct tiles a, struct tiles b, int64_t steps, float sums[BLOCK][BLOCK])
{
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t k = 0; k < steps; k++, a.first += a.step, b.first += b.step) {
        _tile_loadd(4, a.first, a.row * 2);
        _tile_loadd(5, a.first + a.half, a.row * 2);
        _tile_loadd(6, b.first, b.row * 2);
        _tile_loadd(7, b.first + b.half, b.row * 2);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, &sums[0][0], BLOCK * 4);
    _tile_stored(1, &sums[0][16], BLOCK * 4);
    _tile_stored(2, &sums[16][0], BLOCK * 4);
    _tile_stored(3, &sums[16][16], BLOCK * 4);
}

/* 32 rows of a matrix as a left factor. */
static inline struct tiles rows_at(const dk_bf16 *x, int64_t width)
{
    return (struct tiles){x, width, 16 * width, BLOCK};
}

/* 32 packed columns as a right factor. */
static inline struct tiles panel_at(const dk_bf16 *packed) { return (struct tiles){packed, BLOCK, TILE, 2 * TILE}; }

/* 1 / (1 + e^-z) within 1.4e-4 of itself: less than a tenth of what bfloat16 rounds away. */
static inline __m512 sigmoid(__m512 z)
{
    __m512 t = _mm512_mul_ps(_mm512_max_ps(z, _mm512_set1_ps(-80)), _mm512_set1_ps(-1.44269504f));
    __m512 n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_sub_ps(t, n); /* then 2^r on [-1/2, 1/2], by least squares */
    __m512 p = _mm512_fmadd_ps(r, _mm512_set1_ps(0.05508868f), _mm512_set1_ps(0.24260405f));
    p = _mm512_fmadd_ps(_mm512_fmadd_ps(p, r, _mm512_set1_ps(0.69327624f)), r, _mm512_set1_ps(0.99992894f));
    return _mm512_rcp14_ps(_mm512_add_ps(_mm512_scalef_ps(p, n), _mm512_set1_ps(1)));
}

/* f(z) in place of z, and f'(z). */
static inline __m512 activate(__m512 *z, const int activation)
{
    const __m512 one = _mm512_set1_ps(1);
    if (activation == DK_SILU) {
        __m512 s = sigmoid(*z), value = _mm512_mul_ps(*z, s);
        *z = value;
        return _mm512_fmadd_ps(value, _mm512_sub_ps(one, s), s);
    }
    if (activation == DK_RELU) {
        __m512 slope = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(*z, _mm512_setzero_ps(), _CMP_GT_OQ), one);
        *z = _mm512_max_ps(_mm512_setzero_ps(), *z);
        return slope;
    }
    return one;
}

void OF_VARIANT(dense_rows_bf16)(const float *x, int64_t x_stride, dk_bf16 *y, int64_t rows, int64_t columns)
{
    int64_t width = filled(columns);
    for (int64_t r = 0; r < filled(rows); r++, y += width) {
        for (int64_t n = 0; n < width; n += 16) {
            mask some = r < rows ? first_lanes(columns - n) : 0;
            store_rounded(y + n, _mm512_maskz_loadu_ps(some, x + r * x_stride + n));
        }
    }
}

/* Transposes 16 rows of 16, a power of two at a time: what was in lane i of row j comes into lane j of row i. */
static inline void transpose(__m512i rows[16])
{
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
#pragma GCC unroll 4
    for (int size = 1; size < 16; size *= 2) {
        const __m512i step = _mm512_set1_epi32(size);
        mask upper = _mm512_test_epi32_mask(lanes, step);
        __m512i low = _mm512_mask_add_epi32(lanes, upper, lanes, _mm512_set1_epi32(16 - size));
        __m512i high = _mm512_mask_add_epi32(_mm512_add_epi32(lanes, step), upper, lanes, _mm512_set1_epi32(16));
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            if (i & size)
                continue;
            __m512i a = rows[i], b = rows[i + size];
            rows[i] = _mm512_permutex2var_epi32(a, low, b);
            rows[i + size] = _mm512_permutex2var_epi32(a, high, b);
        }
    }
}

/* One tile of packed columns, 32 of the depth and 16 columns, or fewer and zeros. */
static inline void pack_tile(
    const float *b, int64_t row_step, int64_t column_step, dk_bf16 *tile, int64_t depth, int64_t columns)
{
    __m512i pairs[16];
    for (int i = 0; i < 16; i++) {
        if (row_step == 1) {
            const float *column = b + i * column_step;
            pairs[i] = (__m512i)_mm512_cvtne2ps_pbh(
                _mm512_maskz_loadu_ps(i < columns ? first_lanes(depth - 16) : 0, column + 16),
                _mm512_maskz_loadu_ps(i < columns ? first_lanes(depth) : 0, column));
        } else {
            const float *row = b + 2 * i * row_step;
            __m512 even = _mm512_maskz_loadu_ps(2 * i < depth ? first_lanes(columns) : 0, row);
            __m512 odd = _mm512_maskz_loadu_ps(2 * i + 1 < depth ? first_lanes(columns) : 0, row + row_step);
            pairs[i] = _mm512_or_si512(
                _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(even)),
                _mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(odd)), 16));
        }
    }
    if (row_step == 1)
        transpose(pairs);
    for (int p = 0; p < 16; p++)
        _mm512_storeu_si512(tile + p * BLOCK, pairs[p]);
}

/* [panel of 32 columns][step of 32][half of 16 columns][pair of depth][column][2] */
void OF_VARIANT(dense_pack_bf16)(
    const float *b, int64_t row_step, int64_t column_step, dk_bf16 *packed, int64_t depth, int64_t columns)
{
    for (int64_t first = 0; first < columns; first += BLOCK) {
        for (int64_t k = 0; k < depth; k += BLOCK) {
            for (int64_t n = first; n < first + BLOCK; n += 16, packed += TILE)
                pack_tile(b + k * row_step + n * column_step, row_step, column_step, packed, depth - k, columns - n);
        }
    }
}

static inline void forward(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, const int activation)
{
    int64_t depth = filled(inputs), width = filled(outputs);
    float sums[BLOCK][BLOCK];
    for (int64_t row = 0; row < rows; row += BLOCK) {
        for (int64_t first = 0; first < width; first += BLOCK) {
            multiply(rows_at(x + row * depth, depth), panel_at(packed + first * depth), depth / BLOCK, sums);
            for (int64_t n = first; n < first + BLOCK; n += 16) {
                mask some = first_lanes(outputs - n);
                __m512 offset = bias ? _mm512_maskz_loadu_ps(some, bias + n) : _mm512_setzero_ps();
                for (int64_t r = row; r < row + BLOCK; r++) {
                    mask there = r < rows ? some : 0; /* rows and columns that only fill up are 0 */
                    __m512 z = _mm512_maskz_add_ps(there, _mm512_loadu_ps(&sums[r - row][n - first]), offset);
                    if (addend)
                        z = _mm512_add_ps(z, _mm512_maskz_loadu_ps(there, addend + r * outputs + n));
                    __m512 derivative = activate(&z, activation);
                    if (exact)
                        _mm512_mask_storeu_ps(exact + r * outputs + n, there, z);
                    if (y)
                        store_rounded(y + r * width + n, z);
                    if (slope)
                        store_rounded(slope + r * width + n, derivative);
                }
            }
        }
    }
}

void OF_VARIANT(dense_forward_bf16)(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    begin_tiles();
    if (activation == DK_SILU && slope)
        forward(x, packed, bias, addend, y, slope, 0, rows, inputs, outputs, DK_SILU);
    else if (activation == DK_SILU)
        forward(x, packed, bias, addend, y, 0, 0, rows, inputs, outputs, DK_SILU);
    else if (activation == DK_RELU)
        forward(x, packed, bias, addend, y, slope, 0, rows, inputs, outputs, DK_RELU);
    else
        forward(x, packed, bias, addend, y, slope, exact, rows, inputs, outputs, DK_NONE);
    _tile_release();
}

void OF_VARIANT(dense_backward_bf16)(
    const dk_bf16 *dz, const dk_bf16 *packed, const dk_bf16 *slope, dk_bf16 *dx, int64_t rows, int64_t outputs,
    int64_t inputs)
{
    int64_t depth = filled(outputs), width = filled(inputs);
    float sums[BLOCK][BLOCK];
    begin_tiles();
    for (int64_t row = 0; row < rows; row += BLOCK) {
        for (int64_t first = 0; first < width; first += BLOCK) {
            multiply(rows_at(dz + row * depth, depth), panel_at(packed + first * depth), depth / BLOCK, sums);
            for (int64_t r = row; r < row + BLOCK; r++) {
                for (int64_t n = first; n < first + BLOCK; n += 16) {
                    __m512 d = _mm512_loadu_ps(&sums[r - row][n - first]);
                    store_rounded(dx + r * width + n, slope ? _mm512_mul_ps(d, widened(slope + r * width + n)) : d);
                }
            }
        }
    }
    _tile_release();
}

/* 32 rows and 16 columns, as pairs of rows: what a right factor's tile is. */
static inline void pair_rows(const dk_bf16 *x, int64_t stride, __m512i pairs[16])
{
    for (int p = 0; p < 16; p++) {
        __m256i even = _mm256_loadu_si256((const __m256i *)(x + 2 * p * stride));
        __m256i odd = _mm256_loadu_si256((const __m256i *)(x + (2 * p + 1) * stride));
        pairs[p] = _mm512_or_si512(
            _mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
    }
}

/* [16 columns][step of 32 rows][pair of rows or, transposed, column][...] */
static void tile_columns(const dk_bf16 *x, dk_bf16 *tiles, int64_t rows, int64_t columns, const int transposed)
{
    __m512i pairs[16];
    for (int64_t n = 0; n < columns; n += 16) {
        for (int64_t r = 0; r < rows; r += BLOCK, tiles += TILE) {
            pair_rows(x + r * columns + n, columns, pairs);
            if (transposed)
                transpose(pairs);
            for (int p = 0; p < 16; p++)
                _mm512_storeu_si512(tiles + p * BLOCK, pairs[p]);
        }
    }
}

static void add_columns(const dk_bf16 *dz, float *sums, int64_t rows, int64_t columns)
{
    for (int64_t n = 0; n < columns; n += 16) {
        mask some = first_lanes(columns - n);
        __m512 sum = _mm512_maskz_loadu_ps(some, sums + n);
        for (int64_t r = 0; r < rows; r++)
            sum = _mm512_add_ps(sum, widened(dz + r * filled(columns) + n));
        _mm512_mask_storeu_ps(sums + n, some, sum);
    }
}

void OF_VARIANT(dense_gradient_bf16)(
    const dk_bf16 *dz, const dk_bf16 *x, float *dweight, int64_t stride, float *dbias, dk_bf16 *scratch,
    int64_t rows, int64_t outputs, int64_t inputs)
{
    int64_t depth = filled(rows), height = filled(outputs), width = filled(inputs);
    dk_bf16 *left = scratch, *right = scratch + depth * height;
    float sums[BLOCK][BLOCK];
    if (dbias)
        add_columns(dz, dbias, rows, outputs);
    tile_columns(dz, left, depth, height, 1);
    tile_columns(x, right, depth, width, 0);
    begin_tiles();
    for (int64_t o = 0; o < height; o += BLOCK) {
        for (int64_t i = 0; i < width; i += BLOCK) {
            struct tiles a = {left + o * depth, BLOCK, 16 * depth, TILE};
            struct tiles b = {right + i * depth, BLOCK, 16 * depth, TILE};
            multiply(a, b, depth / BLOCK, sums);
            for (int64_t r = o; r < o + BLOCK && r < outputs; r++) {
                for (int64_t n = i; n < i + BLOCK; n += 16) {
                    mask some = first_lanes(inputs - n);
                    float *to = dweight + r * stride + n;
                    _mm512_mask_storeu_ps(to, some, _mm512_add_ps(
                        _mm512_maskz_loadu_ps(some, to), _mm512_loadu_ps(&sums[r - o][n - i])));
                }
            }
        }
    }
    _tile_release();
}
