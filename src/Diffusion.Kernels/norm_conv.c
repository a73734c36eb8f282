/*
 * A convolution with the norm and the activation before it and the sum behind it, in bfloat16 with tiles (AMX). A few
 * images at a time lie in a buffer with zeros around each, so that the whole convolution is one long matrix product:
 * row q of it is position q of the buffer, and each of the size x size taps reads the same buffer from another place.
 * Neighbouring rows of an image share one column of zeros and neighbouring images one row, so what is computed there
 * is thrown away. Normed images exist in that buffer only; the backward makes them again.
 */
#define ELEMENT_BF16
#include "norm.h"

#if defined(__AMX_BF16__)
#include "tiles.h"

#define DEPTH TILE_DEPTH
#define ROWS TILE_ROWS
#define BLOCK 32  /* rows and columns of a product that is made of four tiles */
#define MANY 1024 /* positions that a buffer should have: many for each loading of sums, few enough to stay near */

/* Where pixels are in a buffer. Positions count from the first pixel's place. */
struct layout {
    int64_t height, width;       /* of the convolution's input */
    int64_t border;              /* pixels of zeros on each side: 0 or 1 */
    int64_t pitch, gap;          /* positions from row to row, rows from image to image */
    int64_t lead;                /* of the first pixel in the buffer */
    int64_t stack;               /* images in a buffer */
    int64_t positions;           /* of all their pixels, in whole blocks */
    int64_t room;                /* pixels that a buffer holds */
    int64_t inputs, outputs;     /* channels, in whole blocks */
    int64_t taps;
};

static int64_t whole(int64_t count) { return (count + BLOCK - 1) / BLOCK * BLOCK; }

static struct layout layout_of(const struct dk_norm_conv *conv)
{
    struct layout at = {0};
    at.height = conv->height << conv->doubled;
    at.width = conv->width << conv->doubled;
    at.border = conv->size / 2;
    at.pitch = at.width + at.border;
    at.gap = at.height + at.border;
    at.lead = at.border * (at.pitch + 1);
    at.stack = MANY / (at.gap * at.pitch);
    at.stack = at.stack < 1 ? 1 : at.stack > conv->images ? conv->images : at.stack;
    at.positions = whole((at.stack * at.gap - at.border) * at.pitch);
    at.room = whole(at.positions + 2 * at.lead + 1);
    at.inputs = whole(conv->inputs);
    at.outputs = whole(conv->outputs);
    at.taps = conv->size * conv->size;
    return at;
}

/* Scratch in the order in which it is used; every part begins at a line of the cache. */
struct arena {
    char *next;
};

static void *take(struct arena *arena, int64_t bytes)
{
    char *taken = arena->next;
    arena->next += (bytes + 63) / 64 * 64;
    return taken;
}

struct buffers {
    float *affine, *sums;                     /* [3, inputs] and [2, inputs] of a norm */
    float *products;                          /* [BLOCK, the greater of inputs and outputs] */
    dk_bf16 *input, *weight;                  /* [room, inputs]; packed */
    dk_bf16 *even, *odd;                      /* [room / 2, inputs, 2]: the input's pairs of pixels from 0 and from 1 */
    dk_bf16 *output, *turned;                 /* the output's gradient: [room, outputs] and [outputs, positions] */
    float *dweight;                           /* [taps, outputs, inputs] in blocks */
    dk_bf16 *whole_image;                     /* [height, width, channels] before it is halved again */
};

static struct buffers buffers_in(char *scratch, const struct dk_norm_conv *conv, int backward, int64_t *bytes)
{
    struct layout at = layout_of(conv);
    int64_t most = at.inputs > at.outputs ? at.inputs : at.outputs, half = sizeof(dk_bf16), full = sizeof(float);
    struct arena arena = {scratch};
    struct buffers of = {0};
    of.affine = take(&arena, 3 * at.inputs * full);
    of.sums = take(&arena, 2 * at.inputs * full);
    of.products = take(&arena, BLOCK * most * full);
    of.input = take(&arena, at.room * at.inputs * half);
    of.weight = take(&arena, at.taps * at.inputs * at.outputs * half);
    if (backward) {
        of.even = take(&arena, at.room * at.inputs * half);
        of.odd = take(&arena, at.room * at.inputs * half);
        of.output = take(&arena, at.room * at.outputs * half);
        of.turned = take(&arena, at.positions * at.outputs * half);
        of.dweight = take(&arena, at.taps * at.inputs * at.outputs * full);
        of.whole_image = take(&arena, conv->doubled * at.stack * at.height * at.width * conv->inputs * half);
    }
    *bytes = arena.next - scratch;
    return of;
}

int64_t OF_VARIANT(norm_conv_scratch)(const struct dk_norm_conv *conv, int backward)
{
    int64_t bytes;
    buffers_in(NULL, conv, backward, &bytes);
    return bytes;
}

/*
 * The weights [outputs, inputs, taps] as the right side of products: for each block of columns, tap and depth two tiles
 * of pairs of rows. Turned, they lead from outputs to inputs, the taps in opposite order.
 */
static void pack_weight(
    const dk_bf16 *weight, const struct dk_norm_conv *conv, struct layout at, dk_bf16 *packed, int turned)
{
    int64_t columns = turned ? conv->inputs : conv->outputs, depth = turned ? conv->outputs : conv->inputs;
    int64_t by_column = turned ? at.taps : conv->inputs * at.taps, by_row = turned ? conv->inputs * at.taps : at.taps;
    int64_t all_columns = turned ? at.inputs : at.outputs, all_depth = turned ? at.outputs : at.inputs;
    for (int64_t block = 0; block < all_columns; block += ROWS)
        for (int64_t tap = 0; tap < at.taps; tap++)
            for (int64_t first = 0; first < all_depth; first += DEPTH) {
                const dk_bf16 *from = weight + (turned ? at.taps - 1 - tap : tap);
                int64_t tile = (block / BLOCK * at.taps + tap) * (all_depth / DEPTH) + first / DEPTH;
                dk_bf16 *to = packed + (tile * 2 + block / ROWS % 2) * ROWS * DEPTH;
                for (int64_t row = first; row < first + DEPTH; row++)
                    for (int64_t column = block; column < block + ROWS; column++)
                        to[(row - first) / 2 * DEPTH + (column - block) * 2 + row % 2] =
                            row < depth && column < columns ? from[row * by_row + column * by_column] : 0;
            }
}

/* products [BLOCK, BLOCK of stride] = rows from q on of the buffer times one block of the packed weights. */
static inline void multiply(
    const dk_bf16 *buffer, int64_t depth, int64_t pitch, int64_t size, const dk_bf16 *packed, float *products,
    int64_t stride)
{
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t y = 0; y < size; y++)
        for (int64_t x = 0; x < size; x++)
            for (int64_t d = 0; d < depth; d += DEPTH) {
                const dk_bf16 *rows = buffer + (y * pitch + x) * depth + d;
                LOAD_TILE(4, rows, depth * 2);
                LOAD_TILE(6, packed, 64);
                LOAD_TILE(7, packed + ROWS * DEPTH, 64);
                LOAD_TILE(5, rows + ROWS * depth, depth * 2);
                _tile_dpbf16ps(0, 4, 6);
                _tile_dpbf16ps(1, 4, 7);
                _tile_dpbf16ps(2, 5, 6);
                _tile_dpbf16ps(3, 5, 7);
                packed += 2 * ROWS * DEPTH;
            }
    _tile_stored(0, products, stride * 4);
    _tile_stored(1, products + ROWS, stride * 4);
    _tile_stored(2, products + ROWS * stride, stride * 4);
    _tile_stored(3, products + ROWS * stride + ROWS, stride * 4);
}

/* What a convolution's products become: y = products + bias + residual at every stride-th pixel. */
struct sink {
    const dk_bf16 *bias, *residual; /* may be null */
    dk_bf16 *y;
    int64_t channels, stride;
};

/* Neighbouring pixels out of their products. */
static inline void emit(const float *products, int64_t columns, int64_t count, struct sink to, int64_t pixel)
{
    for (int64_t c = 0; c < to.channels; c += LANES) {
        int64_t n = to.channels - c, place = pixel * to.channels + c;
        vec bias = to.bias ? load_elements(to.bias + c, n) : splat(0);
        for (int64_t k = 0; k < count; k++, place += to.channels) {
            vec value = load(products + k * columns + c) + bias;
            if (to.residual)
                value += load_elements(to.residual + place, n);
            store_elements(to.y + place, value, n);
        }
    }
}

static void convolve(
    const dk_bf16 *buffer, int64_t depth, int64_t columns, const dk_bf16 *packed, struct layout at, int64_t size,
    int64_t images, float *products, struct sink to)
{
    int64_t across = (at.width + to.stride - 1) / to.stride, down = (at.height + to.stride - 1) / to.stride;
    int64_t of_block = at.taps * depth * BLOCK, end = (images * at.gap - at.border) * at.pitch;
    for (int64_t q = 0; q < end; q += BLOCK) {
        for (int64_t block = 0; block < columns; block += BLOCK)
            multiply(
                buffer + q * depth, depth, at.pitch, size, packed + block / BLOCK * of_block, products + block,
                columns);
        int64_t last = end - q < BLOCK ? end - q : BLOCK, run;
        for (int64_t k = 0; k < last; k += run) { /* as far as the block and the row go */
            int64_t row = (q + k) / at.pitch, x = (q + k) % at.pitch, y = row % at.gap;
            run = at.pitch - x < last - k ? at.pitch - x : last - k;
            int64_t count = at.width - x < run ? at.width - x : run;
            if (y >= at.height || y % to.stride != 0)
                continue;
            int64_t first = (row / at.gap * down + y / to.stride) * across;
            if (to.stride == 1)
                emit(products + k * columns, columns, count, to, first + x);
            else
                for (int64_t i = x % 2; i < count; i += 2)
                    emit(products + (k + i) * columns, columns, 1, to, first + (x + i) / 2);
        }
    }
}

/* Neighbouring pixels of channels numbers to places that are stride numbers apart. */
static inline void copy_pixels(const dk_bf16 *from, int64_t count, int64_t channels, dk_bf16 *to, int64_t stride)
{
    if (channels == stride)
        memcpy(to, from, (size_t)(count * channels) * sizeof(dk_bf16));
    else
        for (int64_t k = 0; k < count; k++)
            memcpy(to + k * stride, from + k * channels, (size_t)channels * sizeof(dk_bf16));
}

/* The images, normed where there is a norm, into the buffer. Channels behind the last stay 0. */
static void fill(
    const struct dk_norm_conv *conv, struct layout at, const dk_bf16 *x, struct affine of, dk_bf16 *first)
{
    for (int64_t y = 0; y < at.height; y++) {
        const dk_bf16 *from = x + (y >> conv->doubled) * conv->width * conv->inputs;
        dk_bf16 *to = first + y * at.pitch * at.inputs;
        if (conv->groups > 0)
            apply(from, of, to, at.inputs, at.width, conv->inputs, conv->silu);
        else if (!conv->doubled)
            copy_pixels(from, at.width, conv->inputs, to, at.inputs);
        else
            for (int64_t k = 0; k < at.width; k++)
                copy_pixels(from + k / 2 * conv->inputs, 1, conv->inputs, to + k * at.inputs, at.inputs);
    }
}

void OF_VARIANT(norm_conv_forward)(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const dk_bf16 *bias, const dk_bf16 *residual, dk_bf16 *y,
    float *mean, float *rstd, void *scratch)
{
    int64_t bytes;
    struct layout at = layout_of(conv);
    struct buffers of = buffers_in(scratch, conv, 0, &bytes);
    struct affine affine = {of.affine, of.affine + at.inputs, of.affine + 2 * at.inputs};
    int64_t pixels = conv->height * conv->width;
    int64_t results = ((at.height + conv->stride - 1) / conv->stride) * ((at.width + conv->stride - 1) / conv->stride);
    pack_weight(weight, conv, at, of.weight, 0);
    memset(of.input, 0, (size_t)(at.room * at.inputs) * sizeof(dk_bf16));
    use_tiles();
    for (int64_t i = 0; i < conv->images; i += at.stack) {
        int64_t count = conv->images - i < at.stack ? conv->images - i : at.stack;
        for (int64_t k = 0; k < count; k++) {
            const dk_bf16 *image = x + (i + k) * pixels * conv->inputs;
            const dk_bf16 *own = shift ? shift + (i + k) * conv->inputs : shift;
            if (conv->groups > 0) {
                float *means = mean + (i + k) * conv->groups, *rstds = rstd + (i + k) * conv->groups;
                measure(image, own, affine, means, rstds, pixels, conv->inputs, conv->groups, conv->eps);
                set_affine(affine, own, norm_weight, norm_bias, means, rstds, conv->inputs, conv->groups);
            }
            fill(conv, at, image, affine, of.input + (at.lead + k * at.gap * at.pitch) * at.inputs);
        }
        int64_t place = i * results * conv->outputs;
        struct sink to = {bias, residual ? residual + place : residual, y + place, conv->outputs, conv->stride};
        convolve(of.input, at.inputs, at.outputs, of.weight, at, conv->size, count, of.products, to);
    }
    _tile_release();
}

/* pairs[j] = pixels first + 2j and first + 2j + 1 of the buffer, channel by channel. */
static void pair_pixels(const dk_bf16 *buffer, int64_t room, int64_t channels, int64_t first, dk_bf16 *pairs)
{
    const __m512i spread = _mm512_set_epi64(7, 3, 6, 2, 5, 1, 4, 0);
    for (int64_t p = first; p + 1 < room; p += 2)
        for (int64_t c = 0; c < channels; c += DEPTH) {
            __m512i a = _mm512_permutexvar_epi64(spread, _mm512_loadu_si512(buffer + p * channels + c));
            __m512i b = _mm512_permutexvar_epi64(spread, _mm512_loadu_si512(buffer + (p + 1) * channels + c));
            dk_bf16 *to = pairs + (p - first) * channels + 2 * c;
            _mm512_storeu_si512(to, _mm512_unpacklo_epi16(a, b));
            _mm512_storeu_si512(to + DEPTH, _mm512_unpackhi_epi16(a, b));
        }
}

/* Adds the products of the output's gradient with each tap's inputs to dweight. */
static void add_weight_gradient(struct layout at, int64_t size, struct buffers of)
{
    float *sums = of.dweight;
    for (int64_t tap = 0; tap < at.taps; tap++) {
        int64_t offset = tap / size * at.pitch + tap % size;
        const dk_bf16 *pairs = (offset % 2 ? of.odd : of.even) + offset / 2 * 2 * at.inputs;
        for (int64_t o = 0; o < at.outputs; o += BLOCK)
            for (int64_t c = 0; c < at.inputs; c += BLOCK) {
                LOAD_TILE(0, sums, BLOCK * 4);
                LOAD_TILE(1, sums + ROWS, BLOCK * 4);
                LOAD_TILE(2, sums + ROWS * BLOCK, BLOCK * 4);
                LOAD_TILE(3, sums + ROWS * BLOCK + ROWS, BLOCK * 4);
                for (int64_t q = 0; q < at.positions; q += DEPTH) {
                    LOAD_TILE(4, of.turned + o * at.positions + q, at.positions * 2);
                    LOAD_TILE(6, pairs + q * at.inputs + 2 * c, at.inputs * 4);
                    LOAD_TILE(7, pairs + q * at.inputs + 2 * (c + ROWS), at.inputs * 4);
                    LOAD_TILE(5, of.turned + (o + ROWS) * at.positions + q, at.positions * 2);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(1, 4, 7);
                    _tile_dpbf16ps(2, 5, 6);
                    _tile_dpbf16ps(3, 5, 7);
                }
                _tile_stored(0, sums, BLOCK * 4);
                _tile_stored(1, sums + ROWS, BLOCK * 4);
                _tile_stored(2, sums + ROWS * BLOCK, BLOCK * 4);
                _tile_stored(3, sums + ROWS * BLOCK + ROWS, BLOCK * 4);
                sums += BLOCK * BLOCK;
            }
    }
}

/* Out of the blocks: [outputs, inputs, taps]. */
static void unpack_gradient(const struct dk_norm_conv *conv, struct layout at, const float *sums, float *dweight)
{
    for (int64_t tap = 0; tap < at.taps; tap++)
        for (int64_t first = 0; first < at.outputs; first += BLOCK)
            for (int64_t from = 0; from < at.inputs; from += BLOCK, sums += BLOCK * BLOCK)
                for (int64_t o = first; o < first + BLOCK && o < conv->outputs; o++)
                    for (int64_t c = from; c < from + BLOCK && c < conv->inputs; c++)
                        dweight[(o * conv->inputs + c) * at.taps + tap] = sums[(o - first) * BLOCK + c - from];
}

/* The output's gradient of an image into its buffer, at every stride-th place. */
static void fill_gradient(const struct dk_norm_conv *conv, struct layout at, const dk_bf16 *dy, dk_bf16 *first)
{
    int64_t across = (at.width + conv->stride - 1) / conv->stride;
    for (int64_t y = 0; y < at.height; y += conv->stride, dy += across * conv->outputs) {
        dk_bf16 *to = first + y * at.pitch * at.outputs;
        if (conv->stride == 1)
            copy_pixels(dy, across, conv->outputs, to, at.outputs);
        else
            for (int64_t x = 0; x < across; x++)
                copy_pixels(
                    dy + x * conv->outputs, 1, conv->outputs, to + x * conv->stride * at.outputs, at.outputs);
    }
}

/* dx of a pixel = the sum over its four. */
static void halve(const struct dk_norm_conv *conv, struct layout at, const dk_bf16 *doubled, dk_bf16 *dx)
{
    int64_t row = at.width * conv->inputs;
    for (int64_t y = 0; y < conv->height; y++)
        for (int64_t x = 0; x < conv->width; x++, dx += conv->inputs)
            for (int64_t c = 0; c < conv->inputs; c += LANES) {
                const dk_bf16 *four = doubled + 2 * y * row + 2 * x * conv->inputs + c;
                int64_t n = conv->inputs - c;
                vec upper = load_elements(four, n) + load_elements(four + conv->inputs, n);
                vec lower = load_elements(four + row, n) + load_elements(four + row + conv->inputs, n);
                store_elements(dx + c, upper + lower, n);
            }
}

void OF_VARIANT(norm_conv_backward)(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const float *mean, const float *rstd, const dk_bf16 *dy,
    dk_bf16 *dx, dk_bf16 *dshift, float *dnorm_weight, float *dnorm_bias, float *dweight, float *dbias, void *scratch)
{
    int64_t bytes;
    struct layout at = layout_of(conv);
    struct buffers of = buffers_in(scratch, conv, 1, &bytes);
    struct affine affine = {of.affine, of.affine + at.inputs, of.affine + 2 * at.inputs};
    int64_t pixels = conv->height * conv->width;
    int64_t results = ((at.height + conv->stride - 1) / conv->stride) * ((at.width + conv->stride - 1) / conv->stride);
    pack_weight(weight, conv, at, of.weight, 1);
    memset(of.input, 0, (size_t)(at.room * at.inputs) * sizeof(dk_bf16));
    memset(of.output, 0, (size_t)(at.room * at.outputs) * sizeof(dk_bf16));
    memset(of.dweight, 0, (size_t)(at.taps * at.inputs * at.outputs) * sizeof(float));
    memset(dbias, 0, (size_t)conv->outputs * sizeof(float));
    if (conv->groups > 0) {
        memset(dnorm_weight, 0, (size_t)conv->inputs * sizeof(float));
        memset(dnorm_bias, 0, (size_t)conv->inputs * sizeof(float));
    }
    use_tiles();
    for (int64_t i = 0; i < conv->images; i += at.stack) {
        int64_t count = conv->images - i < at.stack ? conv->images - i : at.stack;
        if (count < at.stack)
            memset(of.output, 0, (size_t)(at.room * at.outputs) * sizeof(dk_bf16)); /* of images there are no more */
        for (int64_t k = 0; k < count; k++) {
            int64_t image = i + k, first = at.lead + k * at.gap * at.pitch;
            if (conv->groups > 0)
                set_affine(
                    affine, shift ? shift + image * conv->inputs : shift, norm_weight, norm_bias,
                    mean + image * conv->groups, rstd + image * conv->groups, conv->inputs, conv->groups);
            fill(conv, at, x + image * pixels * conv->inputs, affine, of.input + first * at.inputs);
            const dk_bf16 *gradient = dy + image * results * conv->outputs;
            fill_gradient(conv, at, gradient, of.output + first * at.outputs);
            sum_pixels(gradient, of.products, results, conv->outputs);
            for (int64_t c = 0; c < conv->outputs; c++)
                dbias[c] += of.products[c];
        }
        pair_pixels(of.input, at.room, at.inputs, 0, of.even);
        pair_pixels(of.input, at.room, at.inputs, 1, of.odd);
        turn_rows(of.output + at.lead * at.outputs, at.positions, at.outputs, at.outputs, of.turned);
        add_weight_gradient(at, conv->size, of);
        if (!dx)
            continue;
        dk_bf16 *own = dx + i * pixels * conv->inputs;
        struct sink to = {NULL, NULL, conv->doubled ? of.whole_image : own, conv->inputs, 1};
        convolve(of.output, at.outputs, at.inputs, of.weight, at, conv->size, count, of.products, to);
        for (int64_t k = 0; k < count; k++, own += pixels * conv->inputs) {
            int64_t image = i + k;
            if (conv->doubled)
                halve(conv, at, of.whole_image + k * at.height * at.width * conv->inputs, own);
            if (conv->groups == 0)
                continue;
            const float *rstds = rstd + image * conv->groups;
            set_affine(
                affine, shift ? shift + image * conv->inputs : shift, norm_weight, norm_bias,
                mean + image * conv->groups, rstds, conv->inputs, conv->groups);
            differentiate(
                x + image * pixels * conv->inputs, norm_weight, affine, rstds, own, own,
                dshift ? dshift + image * conv->inputs : dshift, dnorm_weight, dnorm_bias, of.sums, pixels,
                conv->inputs, conv->groups, conv->silu);
        }
    }
    _tile_release();
    unpack_gradient(conv, at, of.dweight, dweight);
}

#endif
