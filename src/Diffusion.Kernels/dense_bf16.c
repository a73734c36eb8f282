/*
 * Dense layers in bfloat16 by tiles (AMX): a block of 32 rows and 32 columns is four tiles of sums in float32, and what
 * follows the product (activation, its slope) meets the block before it leaves the first cache, still in float32. It
 * does so between the tile operations of the next block: the processor does both at once if they are neighbours. Only
 * for the variant that has tiles.
 */
#include "bf16.h"
#include "tiles.h"
#include "variant.h"

#define BLOCK (2 * TILE_ROWS) /* rows and columns; a step of the depth has as many */
#define TILE (TILE_ROWS * TILE_DEPTH)

typedef __mmask16 mask;

static int64_t filled(int64_t n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static inline mask first_lanes(int64_t n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (mask)((1u << n) - 1); }

/*
 * Where the tiles of a factor are: how far it is from one row of a tile to the next, from one half of the block to the
 * other, and from one step of the depth to the next.
 */
struct tiles {
    const dk_bf16 *first;
    int64_t row, half, step;
};

/* Adds a step of the depth to the four tiles of sums. */
static inline void multiply_step(struct tiles *a, struct tiles *b)
{
    LOAD_TILE(4, a->first, a->row * 2);
    LOAD_TILE(6, b->first, b->row * 2);
    _tile_dpbf16ps(0, 4, 6);
    LOAD_TILE(7, b->first + b->half, b->row * 2);
    _tile_dpbf16ps(1, 4, 7);
    LOAD_TILE(5, a->first + a->half, a->row * 2);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    a->first += a->step;
    b->first += b->step;
}

static inline void store_sums(float sums[BLOCK][BLOCK])
{
    _tile_stored(0, &sums[0][0], BLOCK * 4);
    _tile_stored(1, &sums[0][16], BLOCK * 4);
    _tile_stored(2, &sums[16][0], BLOCK * 4);
    _tile_stored(3, &sums[16][16], BLOCK * 4);
}

/* sums = A B, over steps of 32. */
static inline void multiply(struct tiles a, struct tiles b, int64_t steps, float sums[BLOCK][BLOCK])
{
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t k = 0; k < steps; k++)
        multiply_step(&a, &b);
    store_sums(sums);
}

/* 32 rows of a matrix as a left factor. */
static inline struct tiles rows_at(const dk_bf16 *x, int64_t width)
{
    return (struct tiles){x, width, 16 * width, BLOCK};
}

/* 32 packed columns as a right factor. */
static inline struct tiles panel_at(const dk_bf16 *packed) { return (struct tiles){packed, BLOCK, TILE, 2 * TILE}; }

/* f(z) in place of z, and f'(z) where it is asked for. */
static inline __m512 activate(__m512 *z, const int activation, const int differentiate)
{
    const __m512 one = _mm512_set1_ps(1);
    if (activation == DK_SILU && !differentiate) {
        *z = (__m512)rough_silu((vec)*z);
    } else if (activation == DK_SILU) {
        __m512 s = (__m512)rough_sigmoid((vec)*z), value = _mm512_mul_ps(*z, s);
        *z = value;
        return _mm512_fmadd_ps(value, _mm512_sub_ps(one, s), s);
    } else if (activation == DK_RELU) {
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

/* What is between a layer's product and its result, and where that goes; what is null is left out. */
struct finish {
    const float *bias;     /* [columns] */
    const float *addend;   /* [rows, columns] */
    const dk_bf16 *factor; /* of the result */
    dk_bf16 *y, *slope;
    float *exact; /* instead of y */
    int64_t rows, columns;
};

/* A block of the result: its first row and column. */
struct block {
    int64_t row, column;
};

/* All rows of the four tiles of sums begin as the bias. */
static inline void start_sums(struct finish f, int64_t column)
{
    float some[BLOCK];
    const float *start = f.bias + column;
    if (!f.bias) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        return;
    }
    if (column + BLOCK > f.columns) {
        for (int64_t n = 0; n < BLOCK; n += 16)
            _mm512_storeu_ps(some + n, _mm512_maskz_loadu_ps(first_lanes(f.columns - column - n), start + n));
        start = some;
    }
    LOAD_TILE(0, start, 0);
    LOAD_TILE(1, start + 16, 0);
    LOAD_TILE(2, start, 0);
    LOAD_TILE(3, start + 16, 0);
}

/* Some rows of a block; full if all its rows and columns are there. */
ALWAYS_INLINE void finish_rows_as(
    struct finish f, const float sums[BLOCK][BLOCK], struct block of, int64_t begin, int64_t end, const int activation,
    const int full)
{
    for (int64_t r = begin; r < end; r++) {
        __m512 z[2], derivative[2];
        int64_t row = of.row + r, at = row * filled(f.columns) + of.column;
        for (int h = 0; h < 2; h++) {
            int64_t n = of.column + 16 * h;
            /* What only fills up is 0. */
            mask there = full ? 0xffff : row < f.rows ? first_lanes(f.columns - n) : 0;
            z[h] = _mm512_maskz_loadu_ps(there, &sums[r][16 * h]);
            if (f.addend)
                z[h] = _mm512_add_ps(z[h], _mm512_maskz_loadu_ps(there, f.addend + row * f.columns + n));
            derivative[h] = activate(&z[h], activation, f.slope != 0);
            if (f.factor)
                z[h] = _mm512_mul_ps(z[h], (__m512)load_some_bf16(f.factor + at + 16 * h, 16));
            if (f.exact)
                _mm512_mask_storeu_ps(f.exact + row * f.columns + n, there, z[h]);
        }
        if (!f.exact)
            _mm512_storeu_si512(f.y + at, (__m512i)_mm512_cvtne2ps_pbh(z[1], z[0]));
        if (f.slope)
            _mm512_storeu_si512(f.slope + at, (__m512i)_mm512_cvtne2ps_pbh(derivative[1], derivative[0]));
    }
}

ALWAYS_INLINE void finish_rows(
    struct finish f, const float sums[BLOCK][BLOCK], struct block of, int64_t begin, int64_t end, const int activation)
{
    if (of.row + BLOCK <= f.rows && of.column + BLOCK <= f.columns)
        finish_rows_as(f, sums, of, begin, end, activation, 1);
    else
        finish_rows_as(f, sums, of, begin, end, activation, 0);
}

/* The product of x, [rows, depth], and packed columns, and what follows it: of each block beside the next's product. */
ALWAYS_INLINE void layer(
    const dk_bf16 *x, const dk_bf16 *packed, struct finish f, int64_t depth, const int activation)
{
    int64_t stride = filled(depth), steps = stride / BLOCK, share = (BLOCK + steps - 1) / steps;
    float sums[2][BLOCK][BLOCK];
    struct block before = {0, 0};
    int turn = 0;
    use_tiles();
    for (int64_t row = 0; row < f.rows; row += BLOCK) {
        for (int64_t column = 0; column < f.columns; column += BLOCK) {
            struct tiles a = rows_at(x + row * stride, stride), b = panel_at(packed + column * stride);
            start_sums(f, column);
            for (int64_t k = 0; k < steps; k++) {
                multiply_step(&a, &b);
                if (row + column > 0)
                    finish_rows(
                        f, sums[!turn], before, least(k * share, BLOCK), least((k + 1) * share, BLOCK), activation);
            }
            store_sums(sums[turn]);
            before = (struct block){row, column};
            turn = !turn;
        }
    }
    finish_rows(f, sums[!turn], before, 0, BLOCK, activation);
    _tile_release();
}

void OF_VARIANT(dense_forward_bf16)(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    struct finish all = {bias, addend, 0, y, slope, 0, rows, outputs};
    struct finish plain = {bias, 0, 0, y, 0, 0, rows, outputs}; /* in sampling; known, so that nothing is asked */
    struct finish end = {bias, addend, 0, 0, 0, exact, rows, outputs};
    if (activation == DK_SILU && !addend && !slope)
        layer(x, packed, plain, inputs, DK_SILU);
    else if (activation == DK_SILU)
        layer(x, packed, all, inputs, DK_SILU);
    else if (activation == DK_RELU)
        layer(x, packed, all, inputs, DK_RELU);
    else
        layer(x, packed, exact ? end : all, inputs, DK_NONE);
}

void OF_VARIANT(dense_backward_bf16)(
    const dk_bf16 *dz, const dk_bf16 *packed, const dk_bf16 *slope, dk_bf16 *dx, int64_t rows, int64_t outputs,
    int64_t inputs)
{
    struct finish f = {0, 0, slope, dx, 0, 0, rows, inputs};
    layer(dz, packed, f, outputs, DK_NONE);
}

/* The product in vectors of outputs: with a few inputs no tile would pay. */
static inline void first_layer(
    const float *x, int64_t x_stride, const float *weight, const float *bias, const float *addend,
    const int64_t *labels, dk_bf16 *y, int64_t rows, const int64_t inputs, int64_t outputs, const int activation)
{
    int64_t width = filled(outputs);
    for (int64_t first = 0; first < width; first += BLOCK) {
        for (int64_t r = 0; r < rows; r++) {
            __m512 z[2];
            for (int h = 0; h < 2; h++) {
                int64_t n = first + 16 * h;
                mask some = first_lanes(outputs - n);
                z[h] = bias ? _mm512_maskz_loadu_ps(some, bias + n) : _mm512_setzero_ps();
                for (int64_t k = 0; k < inputs; k++) {
                    __m512 column = _mm512_loadu_ps(weight + k * width + n);
                    z[h] = _mm512_fmadd_ps(_mm512_set1_ps(x[r * x_stride + k]), column, z[h]);
                }
                if (addend) {
                    const float *more = addend + (labels ? labels[r] : r) * outputs + n;
                    z[h] = _mm512_add_ps(z[h], _mm512_maskz_loadu_ps(some, more));
                }
                activate(&z[h], activation, 0);
            }
            _mm512_storeu_si512(y + r * width + first, (__m512i)_mm512_cvtne2ps_pbh(z[1], z[0]));
        }
        for (int64_t r = rows; r < filled(rows); r++)
            _mm512_storeu_si512(y + r * width + first, _mm512_setzero_si512());
    }
}

void OF_VARIANT(dense_first_bf16)(
    const float *x, int64_t x_stride, const float *weight, const float *bias, const float *addend,
    const int64_t *labels, dk_bf16 *y, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    if (activation == DK_SILU && inputs == 2) /* points of the plane: known, so that their columns stay in registers */
        first_layer(x, x_stride, weight, bias, addend, labels, y, rows, 2, outputs, DK_SILU);
    else if (activation == DK_SILU)
        first_layer(x, x_stride, weight, bias, addend, labels, y, rows, inputs, outputs, DK_SILU);
    else if (activation == DK_RELU)
        first_layer(x, x_stride, weight, bias, addend, labels, y, rows, inputs, outputs, DK_RELU);
    else
        first_layer(x, x_stride, weight, bias, addend, labels, y, rows, inputs, outputs, DK_NONE);
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
    use_tiles();
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
