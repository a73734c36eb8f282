/*
 * Attention of one head at a time, without the matrix of its scores: each score is used where it is made. A vector holds
 * as many queries as it has lanes and meets one key after the other, so nothing is ever summed across lanes; for the
 * gradients of keys and values it is the keys that lie in the lanes. Dao et al. 2022 (arXiv:2205.14135) keep the
 * logarithm of each row's sum for the backward in the same way. What a lane has is in registers for heads of EIGHT
 * channels, diffusers' default, and in memory for others.
 */
#include <math.h>

#include "element.h"

#define EIGHT 8
#define TOGETHER 4 /* rows that share each load of the lanes */

/* Scores are in the units in which an exponential is fastest. */
#if LANES == 16
#define UNIT 1.44269504088896341f /* log2 e */
#define POWER(x) vexp2_finite(x)
#else
#define UNIT 1.0f
#define POWER(x) vexp(x)
#endif

/* Exponents up to this need no greatest one taken off: e^60 times any length is far inside float32. */
#define MOST_EXPONENT (60.0f * UNIT)

typedef unaligned_vec lane; /* one channel of as many rows as there are lanes */

static int64_t padded(int64_t count) { return (count + LANES - 1) / LANES * LANES; }

/* One head's rows side by side: rows that are far apart would fall on the same few places of the first cache. */
static void pack(const element *rows, int64_t stride, float *packed, int64_t length, int64_t size)
{
    for (int64_t j = 0; j < length; j++)
        for (int64_t d = 0; d < size; d++)
            packed[j * size + d] = widened(rows[j * stride + d]);
}

/* lanes[d] = number d of the rows from the first on; 0 behind the end. */
static void turn(const float *packed, int64_t first, int64_t length, int64_t size, lane *lanes)
{
    for (int64_t d = 0; d < size; d++)
        for (int64_t i = 0; i < LANES; i++)
            lanes[d][i] = first + i < length ? packed[(first + i) * size + d] : 0;
}

static void turn_back(
    const lane *lanes, element *rows, int64_t stride, int64_t first, int64_t length, int64_t size, float factor)
{
    for (int64_t i = 0; i < LANES && first + i < length; i++)
        for (int64_t d = 0; d < size; d++)
            rows[(first + i) * stride + d] = narrowed(lanes[d][i] * factor);
}

/* products[k] = each lane's row times row k. */
ALWAYS_INLINE void multiply(const lane *own, const float *rows, const int64_t size, vec *products, const int count)
{
    for (int k = 0; k < count; k++)
        products[k] = splat(0);
    for (int64_t d = 0; d < size; d++)
        for (int k = 0; k < count; k++)
            products[k] += rows[k * size + d] * own[d];
}

/* Adds to each lane's row the sum over k of its weight k times row k. */
ALWAYS_INLINE void add_rows(const vec *weights, const float *rows, const int64_t size, lane *sums, const int count)
{
    for (int64_t d = 0; d < size; d++)
        for (int k = 0; k < count; k++)
            sums[d] += rows[k * size + d] * weights[k];
}

/* The squared length of the longest row. */
static float longest(const float *rows, int64_t length, int64_t size)
{
    float most = 0;
    for (int64_t j = 0; j < length; j++) {
        float square = 0;
        for (int64_t d = 0; d < size; d++)
            square += rows[j * size + d] * rows[j * size + d];
        most = square > most ? square : most;
    }
    return most;
}

/* What to take off each query's scores so that none is large: 0 where none can be, else the greatest. */
static inline vec greatest(const lane *queries, const float *keys, float longest_key, int64_t length, int64_t size)
{
    vec square = {0};
    for (int64_t d = 0; d < size; d++)
        square += queries[d] * queries[d];
    if (max_lanes(square) * longest_key <= MOST_EXPONENT * MOST_EXPONENT) /* |q . k| <= |q| |k| */
        return splat(0);
    vec most = splat(-INFINITY), product[1];
    for (int64_t j = 0; j < length; j++) {
        multiply(queries, keys + j * size, size, product, 1);
        most = vmax(most, product[0]);
    }
    return most;
}

ALWAYS_INLINE vec attend(
    const lane *queries, const float *keys, const float *values, vec most, const int64_t size, lane *mixed,
    const int count)
{
    vec weights[TOGETHER], sum = {0};
    multiply(queries, keys, size, weights, count);
    for (int k = 0; k < count; k++) {
        weights[k] = POWER(weights[k] - most);
        sum += weights[k];
    }
    add_rows(weights, values, size, mixed, count);
    return sum;
}

/* mixed = the values, each as often as its weight says; returns the sum of the weights. */
ALWAYS_INLINE vec attend_all(
    const lane *queries, const float *keys, const float *values, vec most, int64_t length, const int64_t size,
    lane *mixed)
{
    vec sum = {0};
    int64_t j = 0;
    for (int64_t d = 0; d < size; d++)
        mixed[d] = splat(0);
    for (; j + TOGETHER <= length; j += TOGETHER)
        sum += attend(queries, keys + j * size, values + j * size, most, size, mixed, TOGETHER);
    for (; j < length; j++)
        sum += attend(queries, keys + j * size, values + j * size, most, size, mixed, 1);
    return sum;
}

static vec attend_all_of_eight(
    const lane *queries, const float *keys, const float *values, vec most, int64_t length, lane *mixed)
{
    lane own[EIGHT], sums[EIGHT];
    memcpy(own, queries, sizeof own);
    vec sum = attend_all(own, keys, values, most, length, EIGHT, sums);
    memcpy(mixed, sums, sizeof sums);
    return sum;
}

void OF_ELEMENT(attention_forward)(
    const element *qkv, element *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    int64_t all = heads * size, stride = 3 * all, room = padded(length * size);
    float *rows = scratch, *keys = rows + room, *values = keys + room;
    lane *queries = (lane *)(values + room), *mixed = queries + size;
    for (int64_t at = 0; at < images * heads; at++) {
        const element *own = qkv + at / heads * length * stride + at % heads * size;
        pack(own, stride, rows, length, size);
        pack(own + all, stride, keys, length, size);
        pack(own + 2 * all, stride, values, length, size);
        for (int64_t i = 0; i < length * size; i++)
            rows[i] *= scale * UNIT;
        float longest_key = longest(keys, length, size);
        for (int64_t first = 0; first < length; first += LANES) {
            turn(rows, first, length, size, queries);
            vec most = greatest(queries, keys, longest_key, length, size);
            vec sum = size == EIGHT ? attend_all_of_eight(queries, keys, values, most, length, mixed)
                                    : attend_all(queries, keys, values, most, length, size, mixed);
            for (int64_t d = 0; d < size; d++)
                mixed[d] /= sum;
            turn_back(mixed, out + at / heads * length * all + at % heads * size, all, first, length, size, 1);
            for (int64_t i = 0; i < LANES && first + i < length; i++)
                lse[at * length + first + i] = most[i] / UNIT + logf(sum[i]);
        }
    }
}

/* The gradients by the queries in the lanes, of which dqueries gets the sum. */
ALWAYS_INLINE void differentiate_queries(
    const lane *queries, const lane *outer, vec lse, vec level, const float *keys, const float *values,
    const int64_t size, lane *dqueries, const int count)
{
    vec weights[TOGETHER], dscores[TOGETHER];
    multiply(queries, keys, size, weights, count);
    multiply(outer, values, size, dscores, count);
    for (int k = 0; k < count; k++)
        dscores[k] = POWER(weights[k] - lse) * (dscores[k] - level);
    add_rows(dscores, keys, size, dqueries, count);
}

ALWAYS_INLINE void differentiate_all_queries(
    const lane *queries, const lane *outer, vec lse, vec level, const float *keys, const float *values,
    int64_t length, const int64_t size, lane *dqueries)
{
    int64_t j = 0;
    for (int64_t d = 0; d < size; d++)
        dqueries[d] = splat(0);
    for (; j + TOGETHER <= length; j += TOGETHER)
        differentiate_queries(
            queries, outer, lse, level, keys + j * size, values + j * size, size, dqueries, TOGETHER);
    for (; j < length; j++)
        differentiate_queries(queries, outer, lse, level, keys + j * size, values + j * size, size, dqueries, 1);
}

static void differentiate_all_queries_of_eight(
    const lane *queries, const lane *outer, vec lse, vec level, const float *keys, const float *values,
    int64_t length, lane *dqueries)
{
    lane a[EIGHT], b[EIGHT], da[EIGHT];
    memcpy(a, queries, sizeof a);
    memcpy(b, outer, sizeof b);
    differentiate_all_queries(a, b, lse, level, keys, values, length, EIGHT, da);
    memcpy(dqueries, da, sizeof da);
}

/* The gradients by the keys and values in the lanes. */
ALWAYS_INLINE void differentiate_keys(
    const lane *keys, const lane *values, const float *queries, const float *outer, const float *lse,
    const float *level, const int64_t size, lane *dkeys, lane *dvalues, const int count)
{
    vec weights[TOGETHER], dscores[TOGETHER];
    multiply(keys, queries, size, weights, count);
    multiply(values, outer, size, dscores, count);
    for (int k = 0; k < count; k++) {
        weights[k] = POWER(weights[k] - lse[k]);
        dscores[k] = weights[k] * (dscores[k] - level[k]);
    }
    add_rows(dscores, queries, size, dkeys, count);
    add_rows(weights, outer, size, dvalues, count);
}

ALWAYS_INLINE void differentiate_all_keys(
    const lane *keys, const lane *values, const float *queries, const float *outer, const float *lse,
    const float *level, int64_t length, const int64_t size, lane *dkeys, lane *dvalues)
{
    int64_t j = 0;
    for (int64_t d = 0; d < size; d++)
        dkeys[d] = dvalues[d] = splat(0);
    for (; j + TOGETHER <= length; j += TOGETHER)
        differentiate_keys(
            keys, values, queries + j * size, outer + j * size, lse + j, level + j, size, dkeys, dvalues, TOGETHER);
    for (; j < length; j++)
        differentiate_keys(
            keys, values, queries + j * size, outer + j * size, lse + j, level + j, size, dkeys, dvalues, 1);
}

static void differentiate_all_keys_of_eight(
    const lane *keys, const lane *values, const float *queries, const float *outer, const float *lse,
    const float *level, int64_t length, lane *dkeys, lane *dvalues)
{
    lane a[EIGHT], b[EIGHT], da[EIGHT], db[EIGHT];
    memcpy(a, keys, sizeof a);
    memcpy(b, values, sizeof b);
    differentiate_all_keys(a, b, queries, outer, lse, level, length, EIGHT, da, db);
    memcpy(dkeys, da, sizeof da);
    memcpy(dvalues, db, sizeof db);
}

void OF_ELEMENT(attention_backward)(
    const element *qkv, const element *out, const float *lse, const element *dout, element *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    int64_t all = heads * size, stride = 3 * all, room = padded(length * size);
    float *queries = scratch, *keys = queries + room, *values = keys + room, *outer = values + room;
    lane *a = (lane *)(outer + room), *b = a + size, *da = b + size, *db = da + size;
    float *level = (float *)(db + size), *sums = level + padded(length);
    for (int64_t at = 0; at < images * heads; at++) {
        int64_t place = at / heads * length * stride + at % heads * size;
        int64_t result = at / heads * length * all + at % heads * size;
        pack(qkv + place, stride, queries, length, size);
        pack(qkv + place + all, stride, keys, length, size);
        pack(qkv + place + 2 * all, stride, values, length, size);
        pack(dout + result, all, outer, length, size);
        for (int64_t i = 0; i < length * size; i++)
            queries[i] *= scale * UNIT;
        for (int64_t j = 0; j < length; j++) { /* the mean of each row's gradients by its weights */
            level[j] = 0;
            for (int64_t d = 0; d < size; d++)
                level[j] += outer[j * size + d] * widened(out[result + j * all + d]);
            sums[j] = lse[at * length + j] * UNIT;
        }
        for (int64_t first = 0; first < length; first += LANES) {
            turn(queries, first, length, size, a);
            turn(outer, first, length, size, b);
            vec own_sums = load_some(sums + first, length - first), own_level = load_some(level + first, length - first);
            if (size == EIGHT)
                differentiate_all_queries_of_eight(a, b, own_sums, own_level, keys, values, length, da);
            else
                differentiate_all_queries(a, b, own_sums, own_level, keys, values, length, size, da);
            turn_back(da, dqkv + place, stride, first, length, size, scale);

            turn(keys, first, length, size, a);
            turn(values, first, length, size, b);
            if (size == EIGHT)
                differentiate_all_keys_of_eight(a, b, queries, outer, sums, level, length, da, db);
            else
                differentiate_all_keys(a, b, queries, outer, sums, level, length, size, da, db);
            turn_back(da, dqkv + place + all, stride, first, length, size, 1 / UNIT); /* of queries that are scaled */
            turn_back(db, dqkv + place + 2 * all, stride, first, length, size, 1);
        }
    }
}
