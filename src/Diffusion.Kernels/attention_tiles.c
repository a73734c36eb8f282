/*
 * Attention of one head at a time in bfloat16 with tiles (AMX): for 16 queries at a time the scores of all keys, which
 * stay in the first cache, then their exponentials, then the product with the values. For the backward 32 queries are
 * together, so that they can be what a product is summed over. Sums, exponents and accumulators are float32.
 */
#include <math.h>

#include "bf16.h"
#include "variant.h"

#if defined(__AMX_BF16__)
#include "tiles.h"

#define NEVER -1e30f /* the score of a key that is not there */
#define LOG2_E 1.44269504088896341f

static int64_t in_blocks(int64_t count, int64_t block) { return (count + block - 1) / block * block; }

/* Sizes of one head's matrices: rows and channels in whole tiles, with zeros in what is not there. */
struct sizes {
    int64_t length, size;
    int64_t rows;    /* queries or keys */
    int64_t depth;   /* channels that are summed over, and of copied rows */
    int64_t columns; /* channels that are not, in tiles of 16 */
};

static struct sizes sizes_of(int64_t length, int64_t size, int64_t columns)
{
    struct sizes of = {length, size, in_blocks(length, TILE_DEPTH), 0, in_blocks(columns, TILE_ROWS)};
    of.depth = in_blocks(of.columns, TILE_DEPTH);
    return of;
}

/* [rows, depth]. */
static void copy_rows(const dk_bf16 *from, int64_t stride, struct sizes of, dk_bf16 *to)
{
    memset(to + of.length * of.depth, 0, (size_t)((of.rows - of.length) * of.depth) * sizeof(dk_bf16));
    for (int64_t d = 0; d < of.depth; d += TILE_DEPTH) {
        int64_t n = of.size - d;
        __mmask32 there = n >= TILE_DEPTH ? ~0u : n > 0 ? (1u << n) - 1 : 0;
        for (int64_t j = 0; j < of.length; j++)
            _mm512_storeu_si512(to + j * of.depth + d, _mm512_maskz_loadu_epi16(there, from + j * stride + d));
    }
}

/* Rows as the right side of a product over channels: [rows / 16, depth / 2, 16, 2]. */
static void by_channels(const dk_bf16 *rows, struct sizes of, dk_bf16 *to)
{
    for (int64_t j = 0; j < of.rows; j += TILE_ROWS)
        for (int64_t d = 0; d < of.depth; d += TILE_DEPTH) {
            __m512i block[16];
            for (int64_t k = 0; k < TILE_ROWS; k++)
                block[k] = _mm512_loadu_si512(rows + (j + k) * of.depth + d);
            turn_block(block);
            for (int64_t k = 0; k < TILE_ROWS; k++, to += TILE_DEPTH)
                _mm512_storeu_si512(to, block[k]);
        }
}

/* Rows as the right side of a product over them: [rows / 2, columns, 2]. */
static void by_rows(const dk_bf16 *rows, struct sizes of, dk_bf16 *to)
{
    for (int64_t j = 0; j < of.rows; j += 2)
        for (int64_t d = 0; d < of.columns; d += TILE_ROWS, to += TILE_DEPTH)
            _mm512_storeu_si512(to, pair(rows + j * of.depth + d, rows + (j + 1) * of.depth + d));
}

/* scores [16, rows of keys] = 16 queries times all keys. */
static void score(const dk_bf16 *queries, const dk_bf16 *keys, struct sizes of, float *scores)
{
    int64_t next = TILE_ROWS * of.depth; /* keys */
    for (int64_t j = 0; j < of.rows; j += 2 * TILE_ROWS) {
        const dk_bf16 *own = keys + j * of.depth;
        _tile_zero(0);
        _tile_zero(1);
        for (int64_t d = 0; d < of.depth; d += TILE_DEPTH, own += TILE_ROWS * TILE_DEPTH) {
            LOAD_TILE(4, queries + d, of.depth * 2);
            LOAD_TILE(6, own, 64);
            LOAD_TILE(7, own + next, 64);
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
        }
        _tile_stored(0, scores + j, of.rows * 4);
        _tile_stored(1, scores + j + TILE_ROWS, of.rows * 4);
    }
}

static void hide_absent(float *scores, struct sizes of)
{
    for (int64_t i = 0; i < TILE_ROWS; i++)
        for (int64_t j = of.length; j < of.rows; j++)
            scores[i * of.rows + j] = NEVER;
}

/* mixed [16, columns] = left [16, rows] times right [rows / 2, columns, 2]; two sums hide the latency of one. */
static void mix(const dk_bf16 *left, const dk_bf16 *right, struct sizes of, float *mixed)
{
    float odd[TILE_ROWS * TILE_ROWS];
    for (int64_t d = 0; d < of.columns; d += TILE_ROWS) {
        const dk_bf16 *own = right + 2 * d;
        _tile_zero(2);
        _tile_zero(3);
        int64_t j = 0;
        for (; j + 2 * TILE_DEPTH <= of.rows; j += 2 * TILE_DEPTH) {
            LOAD_TILE(4, left + j, of.rows * 2);
            LOAD_TILE(6, own + j * of.columns, of.columns * 4);
            LOAD_TILE(5, left + j + TILE_DEPTH, of.rows * 2);
            LOAD_TILE(7, own + (j + TILE_DEPTH) * of.columns, of.columns * 4);
            _tile_dpbf16ps(2, 4, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        if (j < of.rows) {
            LOAD_TILE(4, left + j, of.rows * 2);
            LOAD_TILE(6, own + j * of.columns, of.columns * 4);
            _tile_dpbf16ps(2, 4, 6);
        }
        _tile_stored(2, mixed + d, of.columns * 4);
        _tile_stored(3, odd, TILE_ROWS * 4);
        for (int64_t i = 0; i < TILE_ROWS; i++)
            store(mixed + i * of.columns + d, load(mixed + i * of.columns + d) + load(odd + i * TILE_ROWS));
    }
}

/* weights = e^(scale (scores - most)); returns most, the greatest of the row. */
static float weigh(const float *scores, float scale, int64_t count, dk_bf16 *weights)
{
    vec even = load(scores), odd = load(scores + LANES);
    for (int64_t j = TILE_DEPTH; j < count; j += TILE_DEPTH) {
        even = vmax(even, load(scores + j));
        odd = vmax(odd, load(scores + j + LANES));
    }
    float most = _mm512_reduce_max_ps((__m512)vmax(even, odd));
    float factor = scale * LOG2_E, offset = most * factor;
    for (int64_t j = 0; j < count; j += TILE_DEPTH) {
        vec a = rough_exp2(load(scores + j) * factor - offset);
        vec b = rough_exp2(load(scores + j + LANES) * factor - offset);
        _mm512_storeu_si512(weights + j, (__m512i)_mm512_cvtne2ps_pbh((__m512)b, (__m512)a));
    }
    return most;
}

static void *take(char **next, int64_t bytes)
{
    char *taken = *next;
    *next += in_blocks(bytes, 64);
    return taken;
}

void OF_VARIANT(attention_forward_bf16)(
    const dk_bf16 *qkv, dk_bf16 *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    struct sizes of = sizes_of(length, size, size + 1); /* behind the values a column of ones sums the weights */
    int64_t all = heads * size, stride = 3 * all, half = sizeof(dk_bf16), full = sizeof(float);
    int64_t deep = of.rows * of.depth * half;
    char *next = (char *)scratch;
    dk_bf16 *rows = take(&next, deep), *keys = take(&next, deep);
    dk_bf16 *values = take(&next, of.rows * of.columns * half), *weights = take(&next, TILE_ROWS * of.rows * half);
    float *scores = take(&next, TILE_ROWS * of.rows * full), *mixed = take(&next, TILE_ROWS * of.columns * full);
    use_tiles();
    for (int64_t at = 0; at < images * heads; at++) {
        const dk_bf16 *own = qkv + at / heads * length * stride + at % heads * size;
        dk_bf16 *result = out + at / heads * length * all + at % heads * size;
        copy_rows(own + all, stride, of, rows);
        by_channels(rows, of, keys);
        copy_rows(own + 2 * all, stride, of, rows);
        for (int64_t j = 0; j < length; j++)
            rows[j * of.depth + size] = narrow(1);
        by_rows(rows, of, values);
        copy_rows(own, stride, of, rows);
        for (int64_t first = 0; first < length; first += TILE_ROWS) {
            float most[TILE_ROWS];
            score(rows + first * of.depth, keys, of, scores);
            hide_absent(scores, of);
            for (int64_t i = 0; i < TILE_ROWS; i++)
                most[i] = weigh(scores + i * of.rows, scale, of.rows, weights + i * of.rows);
            mix(weights, values, of, mixed);
            for (int64_t i = 0; i < TILE_ROWS && first + i < length; i++) {
                const float *row = mixed + i * of.columns;
                float share = 1 / row[size];
                for (int64_t d = 0; d < size; d += LANES)
                    store_some_bf16(result + (first + i) * all + d, load(row + d) * share, size - d);
                lse[at * length + first + i] = most[i] * scale + logf(row[size]);
            }
        }
    }
    _tile_release();
}

/*
 * Of 32 queries' scores and the gradients by their weights: the gradients by the scores, once as the left side of a
 * product over keys, [32, rows], and both once as the right side of one over queries, [16, rows, 2].
 */
static void differentiate_scores(
    const float *scores, const float *by_weights, const float *lse, const float *level, float scale, struct sizes of,
    dk_bf16 *by_scores, dk_bf16 *weight_pairs, dk_bf16 *by_score_pairs)
{
    for (int64_t i = 0; i < TILE_DEPTH; i += 2)
        for (int64_t j = 0; j < of.rows; j += LANES) {
            __m512i weights[2], gradients[2];
            for (int64_t k = 0; k < 2; k++) {
                int64_t place = (i + k) * of.rows + j;
                vec weight = rough_exp2(load(scores + place) * (scale * LOG2_E) - lse[i + k] * LOG2_E);
                half_vec gradient = narrow_vec(weight * (load(by_weights + place) - level[i + k]));
                memcpy(by_scores + place, &gradient, sizeof gradient);
                weights[k] = _mm512_cvtepu16_epi32((__m256i)narrow_vec(weight));
                gradients[k] = _mm512_cvtepu16_epi32((__m256i)gradient);
            }
            int64_t place = (i / 2 * of.rows + j) * 2;
            _mm512_storeu_si512(weight_pairs + place, _mm512_or_si512(weights[0], _mm512_slli_epi32(weights[1], 16)));
            _mm512_storeu_si512(
                by_score_pairs + place, _mm512_or_si512(gradients[0], _mm512_slli_epi32(gradients[1], 16)));
        }
}

/* sums [columns, rows of keys] += 32 queries' channels [columns, rows of queries] times pairs of queries by keys. */
static void add_turned(const dk_bf16 *turned, const dk_bf16 *pairs, struct sizes of, float *sums)
{
    for (int64_t d = 0; d < of.columns; d += TILE_ROWS) {
        LOAD_TILE(4, turned + d * of.rows, of.rows * 2);
        for (int64_t j = 0; j < of.rows; j += 2 * TILE_ROWS) {
            float *left = sums + d * of.rows + j, *right = left + TILE_ROWS;
            LOAD_TILE(2, left, of.rows * 4);
            LOAD_TILE(6, pairs + 2 * j, of.rows * 4);
            LOAD_TILE(3, right, of.rows * 4);
            LOAD_TILE(7, pairs + 2 * (j + TILE_ROWS), of.rows * 4);
            _tile_dpbf16ps(2, 4, 6);
            _tile_dpbf16ps(3, 4, 7);
            _tile_stored(2, left, of.rows * 4);
            _tile_stored(3, right, of.rows * 4);
        }
    }
}

/* Rows out of [columns, rows]. */
static void turn_back(const float *sums, struct sizes of, float factor, dk_bf16 *to, int64_t stride)
{
    for (int64_t j = 0; j < of.length; j += TILE_ROWS)
        for (int64_t d = 0; d < of.size; d += TILE_ROWS) {
            __m512i block[16];
            for (int64_t k = 0; k < TILE_ROWS; k++)
                block[k] = _mm512_loadu_si512(sums + (d + k) * of.rows + j);
            turn_block(block);
            for (int64_t k = 0; k < TILE_ROWS && j + k < of.length; k++)
                store_some_bf16(to + (j + k) * stride + d, (vec)block[k] * factor, of.size - d);
        }
}

void OF_VARIANT(attention_backward_bf16)(
    const dk_bf16 *qkv, const dk_bf16 *out, const float *lse, const dk_bf16 *dout, dk_bf16 *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    struct sizes of = sizes_of(length, size, size);
    int64_t all = heads * size, stride = 3 * all, half = sizeof(dk_bf16), full = sizeof(float);
    int64_t deep = of.rows * of.depth * half, wide = of.rows * of.columns * half, pairs = TILE_DEPTH * of.rows * half;
    char *next = (char *)scratch;
    dk_bf16 *queries = take(&next, deep), *outer = take(&next, deep);
    dk_bf16 *keys = take(&next, deep), *values = take(&next, deep), *key_rows = take(&next, wide);
    dk_bf16 *turned_queries = take(&next, wide), *turned_outer = take(&next, wide);
    dk_bf16 *by_scores = take(&next, pairs), *weight_pairs = take(&next, pairs), *by_score_pairs = take(&next, pairs);
    float *scores = take(&next, 2 * pairs), *by_weights = take(&next, 2 * pairs);
    float *dkeys = take(&next, 2 * wide), *dvalues = take(&next, 2 * wide);
    float *mixed = take(&next, TILE_ROWS * of.columns * full);
    float *sums = take(&next, of.rows * full), *level = take(&next, of.rows * full);
    use_tiles();
    for (int64_t at = 0; at < images * heads; at++) {
        int64_t place = at / heads * length * stride + at % heads * size;
        int64_t result = at / heads * length * all + at % heads * size;
        copy_rows(qkv + place + 2 * all, stride, of, queries);
        by_channels(queries, of, values);
        copy_rows(qkv + place + all, stride, of, queries);
        by_channels(queries, of, keys);
        by_rows(queries, of, key_rows);
        copy_rows(qkv + place, stride, of, queries);
        copy_rows(dout + result, all, of, outer);
        turn_rows(queries, of.rows, of.depth, of.columns, turned_queries);
        turn_rows(outer, of.rows, of.depth, of.columns, turned_outer);
        memset(dkeys, 0, (size_t)(2 * wide));
        memset(dvalues, 0, (size_t)(2 * wide));
        for (int64_t j = 0; j < of.rows; j++) {
            sums[j] = j < length ? lse[at * length + j] : -NEVER; /* no weights of queries that are not there */
            vec level_of = {0}; /* the mean of a row's gradients by its weights */
            for (int64_t d = 0; d < size && j < length; d += LANES)
                level_of += load_some_bf16(dout + result + j * all + d, size - d) *
                            load_some_bf16(out + result + j * all + d, size - d);
            level[j] = _mm512_reduce_add_ps((__m512)level_of);
        }
        for (int64_t first = 0; first < length; first += TILE_DEPTH) {
            for (int64_t i = 0; i < TILE_DEPTH; i += TILE_ROWS) {
                score(queries + (first + i) * of.depth, keys, of, scores + i * of.rows);
                hide_absent(scores + i * of.rows, of);
                score(outer + (first + i) * of.depth, values, of, by_weights + i * of.rows);
            }
            differentiate_scores(
                scores, by_weights, sums + first, level + first, scale, of, by_scores, weight_pairs, by_score_pairs);
            add_turned(turned_outer + first, weight_pairs, of, dvalues);
            add_turned(turned_queries + first, by_score_pairs, of, dkeys);
            for (int64_t i = 0; i < TILE_DEPTH && first + i < length; i += TILE_ROWS) {
                mix(by_scores + i * of.rows, key_rows, of, mixed);
                for (int64_t k = 0; k < TILE_ROWS && first + i + k < length; k++)
                    for (int64_t d = 0; d < size; d += LANES)
                        store_some_bf16(
                            dqkv + place + (first + i + k) * stride + d, load(mixed + k * of.columns + d) * scale,
                            size - d);
            }
        }
        turn_back(dkeys, of, scale, dqkv + place + all, stride);
        turn_back(dvalues, of, 1, dqkv + place + 2 * all, stride);
    }
    _tile_release();
}

#endif
