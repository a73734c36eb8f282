/*
 * Dense layers in bfloat16 by tiles (AMX): a block of 32 rows and 32 columns is four tiles of sums in float32, and what
 * follows the product (bias, activation, its slope) meets the block before it leaves the first cache, still in float32.
 * Only for the variant that has tiles.
 */
#include "bf16.h"
#include "tiles.h"
#include "variant.h"

#define BLOCK (2 * TILE_ROWS) /* rows and columns; a step of the depth has as many */
#define TILE (TILE_ROWS * TILE_DEPTH)

typedef __mmask16 mask;

static int64_t filled(int64_t n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

static inline mask first_lanes(int64_t n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (mask)((1u << n) - 1); }

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

/* f(z) in place of z, and f'(z). */
static inline __m512 activate(__m512 *z, const int activation)
{
    const __m512 one = _mm512_set1_ps(1);
    if (activation == DK_SILU) {
        __m512 s = (__m512)rough_sigmoid((vec)*z), value = _mm512_mul_ps(*z, s);
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
            store_some_bf16(y + n, (vec)_mm512_maskz_loadu_ps(some, x + r * x_stride + n), 16);
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
        turn_block(pairs);
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
                        store_some_bf16(y + r * width + n, (vec)z, 16);
                    if (slope)
                        store_some_bf16(slope + r * width + n, (vec)derivative, 16);
                }
            }
        }
    }
}

void OF_VARIANT(dense_forward_bf16)(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    const struct tile_config config = full_tiles();
    _tile_loadconfig(&config);
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
    const struct tile_config config = full_tiles();
    _tile_loadconfig(&config);
    for (int64_t row = 0; row < rows; row += BLOCK) {
        for (int64_t first = 0; first < width; first += BLOCK) {
            multiply(rows_at(dz + row * depth, depth), panel_at(packed + first * depth), depth / BLOCK, sums);
            for (int64_t r = row; r < row + BLOCK; r++) {
                for (int64_t n = first; n < first + BLOCK; n += 16) {
                    __m512 d = _mm512_loadu_ps(&sums[r - row][n - first]);
                    vec f = slope ? load_some_bf16(slope + r * width + n, 16) : splat(1.0f);
                    store_some_bf16(dx + r * width + n, (vec)d * f, 16);
                }
            }
        }
    }
    _tile_release();
}

/* Rows in pairs, as a right factor that is summed over them: [16 columns][step of 32 rows][pair][column][2]. */
static void pair_rows(const dk_bf16 *x, dk_bf16 *tiles, int64_t rows, int64_t columns)
{
    for (int64_t n = 0; n < columns; n += TILE_ROWS) {
        for (int64_t r = 0; r < rows; r += 2, tiles += 2 * TILE_ROWS)
            _mm512_storeu_si512(tiles, pair(x + r * columns + n, x + (r + 1) * columns + n));
    }
}

static void add_columns(const dk_bf16 *dz, float *sums, int64_t rows, int64_t columns)
{
    for (int64_t n = 0; n < columns; n += 16) {
        mask some = first_lanes(columns - n);
        __m512 sum = _mm512_maskz_loadu_ps(some, sums + n);
        for (int64_t r = 0; r < rows; r++)
            sum = _mm512_add_ps(sum, (__m512)load_some_bf16(dz + r * filled(columns) + n, 16));
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
    turn_rows(dz, depth, height, height, left);
    pair_rows(x, right, depth, width);
    const struct tile_config config = full_tiles();
    _tile_loadconfig(&config);
    for (int64_t o = 0; o < height; o += BLOCK) {
        for (int64_t i = 0; i < width; i += BLOCK) {
            struct tiles b = {right + i * depth, BLOCK, 16 * depth, TILE};
            multiply(rows_at(left + o * depth, depth), b, depth / BLOCK, sums);
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
