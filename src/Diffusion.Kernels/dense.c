/*
 * Dense layers in float32. A product is made a tile at a time, ROWS rows by two vectors of columns, in registers; what
 * follows it (bias, activation, its slope) meets the tile before it leaves the first cache. Each number is summed in an
 * order that the depth alone gives, so a row's result does not depend on the rows beside it.
 */
#include "simd.h"
#include "variant.h"

#if LANES == 16
#define ROWS 8
#else
#define ROWS 6 /* 12 sums, 2 columns and 1 factor: the 16 registers */
#endif
#define WIDTH (2 * LANES)
#define PANEL 32 /* columns that are packed together, in every variant: a multiple of WIDTH */
#define FEW 4    /* columns up to which a product is made row by row, as sums over the depth in all lanes */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void pack_panels(
    const float *b, int64_t row_step, int64_t column_step, float *packed, int64_t depth, int64_t columns)
{
    for (int64_t first = 0; first < columns; first += PANEL, packed += depth * PANEL) {
        int64_t count = least(PANEL, columns - first);
        if (column_step == 1) {
            for (int64_t k = 0; k < depth; k++) {
                for (int64_t n = 0; n < PANEL; n += LANES)
                    store(packed + k * PANEL + n,
                          n < count ? load_some(b + k * row_step + first + n, count - n) : splat(0));
            }
            continue;
        }
        for (int64_t n = 0; n < PANEL; n++) {
            const float *column = b + (first + n) * column_step;
            for (int64_t k = 0; k < depth; k++)
                packed[k * PANEL + n] = n < count ? column[k * row_step] : 0;
        }
    }
}

void OF_VARIANT(dense_pack)(
    const float *b, int64_t row_step, int64_t column_step, float *packed, int64_t depth, int64_t columns)
{
    if (columns > FEW) {
        pack_panels(b, row_step, column_step, packed, depth, columns);
        return;
    }
    for (int64_t n = 0; n < columns; n++)
        for (int64_t k = 0; k < depth; k++)
            packed[n * depth + k] = b[k * row_step + n * column_step];
}

static inline float sum_lanes(vec v)
{
#if LANES == 16
    return _mm512_reduce_add_ps((__m512)v);
#else
    float sum = 0;
    for (int i = 0; i < LANES; i++)
        sum += v[i];
    return sum;
#endif
}

/* z[n] = sum over k of x[k] packed[n][k], for FEW columns at most. */
static inline void multiply_few(const float *x, const float *packed, int64_t depth, int64_t columns, float z[FEW])
{
    vec sums[FEW] = {0};
    for (int64_t k = 0; k < depth; k += LANES) {
        vec some = load_some(x + k, depth - k);
        for (int64_t n = 0; n < columns; n++)
            sums[n] += some * load_some(packed + n * depth + k, depth - k);
    }
    for (int64_t n = 0; n < columns; n++)
        z[n] = sum_lanes(sums[n]);
}

/* tile[r][n] = sum over k of a[r][k * step] panel[k][n]. */
static inline void multiply(
    const float *const a[ROWS], int64_t step, const float *panel, int64_t depth, float tile[ROWS][WIDTH])
{
    vec left[ROWS], right[ROWS];
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++)
        left[r] = right[r] = splat(0);
    for (int64_t k = 0; k < depth; k++) {
        vec b0 = load(panel + k * PANEL), b1 = load(panel + k * PANEL + LANES);
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++) {
            vec x = splat(a[r][k * step]);
            left[r] += x * b0;
            right[r] += x * b1;
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) {
        store(tile[r], left[r]);
        store(tile[r] + LANES, right[r]);
    }
}

/* The rows of a block; where there are too few, the last one again. */
static inline int64_t point(const float *a[ROWS], const float *from, int64_t row_step, int64_t rows)
{
    for (int64_t r = 0; r < ROWS; r++)
        a[r] = from + least(r, rows - 1) * row_step;
    return least(ROWS, rows);
}

/* f(z) in place of z, and f'(z). */
static inline vec activate(vec *z, const int activation)
{
    if (activation == DK_SILU) {
        vec s = vsigmoid(*z), slope = s * (1.0f + *z * (1.0f - s));
        *z *= s;
        return slope;
    }
    if (activation == DK_RELU) {
        vec slope = (vec)((ivec)splat(1.0f) & (*z > 0));
        *z = vmax(splat(0), *z); /* NaN stays NaN */
        return slope;
    }
    return splat(1.0f);
}

/* The layer with FEW outputs at most. */
static inline void forward_few(
    const float *x, int64_t x_stride, const float *packed, const float *bias, const float *addend,
    const int64_t *labels, float *y, float *slope, int64_t rows, int64_t inputs, const int64_t outputs,
    const int activation)
{
    for (int64_t r = 0; r < rows; r++) {
        float values[LANES] = {0};
        multiply_few(x + r * x_stride, packed, inputs, outputs, values);
        vec z = load(values);
        if (bias)
            z += load_some(bias, outputs);
        if (addend)
            z += load_some(addend + (labels ? labels[r] : r) * outputs, outputs);
        vec derivative = activate(&z, activation);
        store_some(y + r * outputs, z, outputs);
        if (slope)
            store_some(slope + r * outputs, derivative, outputs);
    }
}

static inline void forward(
    const float *x, int64_t x_stride, const float *packed, const float *bias, const float *addend,
    const int64_t *labels, float *y, float *slope, int64_t rows, int64_t inputs, int64_t outputs, const int activation)
{
    if (outputs == 2) { /* a point of the plane: known, so that its sums stay in registers */
        forward_few(x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, 2, activation);
        return;
    }
    if (outputs <= FEW) {
        forward_few(x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, outputs, activation);
        return;
    }
    for (int64_t first = 0; first < outputs; first += WIDTH) {
        const float *panel = packed + first / PANEL * PANEL * inputs + first % PANEL;
        for (int64_t row = 0; row < rows; row += ROWS) {
            const float *a[ROWS];
            float tile[ROWS][WIDTH];
            int64_t count = point(a, x + row * x_stride, x_stride, rows - row);
            multiply(a, 1, panel, inputs, tile);
            for (int64_t r = 0; r < count; r++) {
                int64_t at = (row + r) * outputs;
                const float *more = addend ? addend + (labels ? labels[row + r] * outputs : at) : 0;
                for (int64_t n = first; n < least(first + WIDTH, outputs); n += LANES) {
                    vec z = load(tile[r] + n - first);
                    if (bias)
                        z += load_some(bias + n, outputs - n);
                    if (more)
                        z += load_some(more + n, outputs - n);
                    vec derivative = activate(&z, activation);
                    store_some(y + at + n, z, outputs - n);
                    if (slope)
                        store_some(slope + at + n, derivative, outputs - n);
                }
            }
        }
    }
}

void OF_VARIANT(dense_forward)(
    const float *x, int64_t x_stride, const float *packed, const float *bias, const float *addend,
    const int64_t *labels, float *y, float *slope, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    if (activation == DK_SILU && !slope)
        forward(x, x_stride, packed, bias, addend, labels, y, 0, rows, inputs, outputs, DK_SILU);
    else if (activation == DK_SILU)
        forward(x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, outputs, DK_SILU);
    else if (activation == DK_RELU)
        forward(x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, outputs, DK_RELU);
    else
        forward(x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, outputs, DK_NONE);
}

void OF_VARIANT(dense_backward)(
    const float *dz, const float *packed, const float *slope, float *dx, int64_t rows, int64_t outputs, int64_t inputs)
{
    if (inputs <= FEW) {
        for (int64_t r = 0; r < rows; r++) {
            float d[FEW];
            multiply_few(dz + r * outputs, packed, outputs, inputs, d);
            for (int64_t n = 0; n < inputs; n++)
                dx[r * inputs + n] = slope ? d[n] * slope[r * inputs + n] : d[n];
        }
        return;
    }
    for (int64_t first = 0; first < inputs; first += WIDTH) {
        const float *panel = packed + first / PANEL * PANEL * outputs + first % PANEL;
        for (int64_t row = 0; row < rows; row += ROWS) {
            const float *a[ROWS];
            float tile[ROWS][WIDTH];
            int64_t count = point(a, dz + row * outputs, outputs, rows - row);
            multiply(a, 1, panel, outputs, tile);
            for (int64_t r = 0; r < count; r++) {
                int64_t at = (row + r) * inputs;
                for (int64_t n = first; n < least(first + WIDTH, inputs); n += LANES) {
                    vec d = load(tile[r] + n - first);
                    if (slope)
                        d *= load_some(slope + at + n, inputs - n);
                    store_some(dx + at + n, d, inputs - n);
                }
            }
        }
    }
}

static void add_columns(const float *dz, float *sums, int64_t rows, int64_t columns)
{
    for (int64_t n = 0; n < columns; n += LANES) {
        vec sum = load_some(sums + n, columns - n);
        for (int64_t r = 0; r < rows; r++)
            sum += load_some(dz + r * columns + n, columns - n);
        store_some(sums + n, sum, columns - n);
    }
}

void OF_VARIANT(dense_gradient)(
    const float *dz, const float *x, int64_t x_stride, float *dweight, int64_t stride, float *dbias, float *scratch,
    int64_t rows, int64_t outputs, int64_t inputs)
{
    if (dbias)
        add_columns(dz, dbias, rows, outputs);
    pack_panels(x, x_stride, 1, scratch, rows, inputs);
    for (int64_t first = 0; first < inputs; first += WIDTH) {
        const float *panel = scratch + first / PANEL * PANEL * rows + first % PANEL;
        for (int64_t o = 0; o < outputs; o += ROWS) {
            const float *a[ROWS];
            float tile[ROWS][WIDTH];
            int64_t count = point(a, dz + o, 1, outputs - o);
            multiply(a, outputs, panel, rows, tile);
            for (int64_t r = 0; r < count; r++) {
                float *to = dweight + (o + r) * stride;
                for (int64_t n = first; n < least(first + WIDTH, inputs); n += LANES)
                    store_some(to + n, load_some(to + n, inputs - n) + load(tile[r] + n - first), inputs - n);
            }
        }
    }
}
