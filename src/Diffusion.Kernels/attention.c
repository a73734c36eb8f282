/*
 * Attention of one head at a time, without the matrix of its scores: each score is used where it is made. A vector holds
 * as many queries as it has lanes and meets one key after the other, so nothing is ever summed across lanes; for the
 * gradients of keys and values it is the keys that lie in the lanes. Dao et al. 2022 (arXiv:2205.14135) keep the
 * logarithm of each row's sum for the backward in the same way.
 */
#include <math.h>

#include "element.h"

#define TOGETHER 4 /* rows that share each load of the lanes */

/* Exponents up to this need no greatest one taken off: e^60 times any length is far inside float32. */
#define MOST_EXPONENT 60.0f

static int64_t padded(int64_t count) { return (count + LANES - 1) / LANES * LANES; }

/* One head's rows side by side: rows that are far apart would fall on the same few places of the first cache. */
static void pack(const element *rows, int64_t stride, float *packed, int64_t length, int64_t size)
{
    for (int64_t j = 0; j < length; j++)
        for (int64_t d = 0; d < size; d++)
            packed[j * size + d] = widened(rows[j * stride + d]);
}

/* lanes[d] = number d of the rows from the first on; 0 behind the end. */
static void turn(const float *packed, int64_t first, int64_t length, int64_t size, float *lanes)
{
    for (int64_t d = 0; d < size; d++)
        for (int64_t i = 0; i < LANES; i++)
            lanes[d * LANES + i] = first + i < length ? packed[(first + i) * size + d] : 0;
}

static void turn_back(
    const float *lanes, element *rows, int64_t stride, int64_t first, int64_t length, int64_t size, float factor)
{
    for (int64_t i = 0; i < LANES && first + i < length; i++)
        for (int64_t d = 0; d < size; d++)
            rows[(first + i) * stride + d] = narrowed(lanes[d * LANES + i] * factor);
}

/* products[k] = each lane's row times row k. */
static inline void multiply(const float *lanes, const float *rows, int64_t size, vec *products, const int count)
{
    for (int k = 0; k < count; k++)
        products[k] = splat(0);
    for (int64_t d = 0; d < size; d++) {
        vec own = load(lanes + d * LANES);
        for (int k = 0; k < count; k++)
            products[k] += rows[k * size + d] * own;
    }
}

/* Adds to each lane's row the sum over k of its weight k times row k. */
static inline void add_rows(const vec *weights, const float *rows, int64_t size, float *lanes, const int count)
{
    for (int64_t d = 0; d < size; d++) {
        vec sum = load(lanes + d * LANES);
        for (int k = 0; k < count; k++)
            sum += rows[k * size + d] * weights[k];
        store(lanes + d * LANES, sum);
    }
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
static vec greatest(const float *queries, const float *keys, float longest_key, int64_t length, int64_t size)
{
    vec square = {0};
    for (int64_t d = 0; d < size; d++) {
        vec own = load(queries + d * LANES);
        square += own * own;
    }
    if (max_lanes(square) * longest_key <= MOST_EXPONENT * MOST_EXPONENT) /* |q . k| <= |q| |k| */
        return splat(0);
    vec most = splat(-INFINITY), product[1];
    for (int64_t j = 0; j < length; j++) {
        multiply(queries, keys + j * size, size, product, 1);
        most = vmax(most, product[0]);
    }
    return most;
}

static inline vec attend(
    const float *queries, const float *keys, const float *values, vec most, int64_t size, float *mixed, const int count)
{
    vec weights[TOGETHER], sum = {0};
    multiply(queries, keys, size, weights, count);
    for (int k = 0; k < count; k++) {
        weights[k] = vexp(weights[k] - most);
        sum += weights[k];
    }
    add_rows(weights, values, size, mixed, count);
    return sum;
}

void OF_ELEMENT(attention_forward)(
    const element *qkv, element *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    int64_t all = heads * size, stride = 3 * all, room = padded(length * size);
    float *rows = scratch, *keys = rows + room, *values = keys + room, *queries = values + room;
    float *mixed = queries + size * LANES;
    for (int64_t at = 0; at < images * heads; at++) {
        const element *own = qkv + at / heads * length * stride + at % heads * size;
        pack(own, stride, rows, length, size);
        pack(own + all, stride, keys, length, size);
        pack(own + 2 * all, stride, values, length, size);
        for (int64_t i = 0; i < length * size; i++)
            rows[i] *= scale;
        float longest_key = longest(keys, length, size);
        for (int64_t first = 0; first < length; first += LANES) {
            turn(rows, first, length, size, queries);
            vec most = greatest(queries, keys, longest_key, length, size), sum = {0};
            memset(mixed, 0, (size_t)(size * LANES) * sizeof(float));
            int64_t j = 0;
            for (; j + TOGETHER <= length; j += TOGETHER)
                sum += attend(queries, keys + j * size, values + j * size, most, size, mixed, TOGETHER);
            for (; j < length; j++)
                sum += attend(queries, keys + j * size, values + j * size, most, size, mixed, 1);
            for (int64_t d = 0; d < size; d++)
                store(mixed + d * LANES, load(mixed + d * LANES) / sum);
            turn_back(mixed, out + at / heads * length * all + at % heads * size, all, first, length, size, 1);
            for (int64_t i = 0; i < LANES && first + i < length; i++)
                lse[at * length + first + i] = most[i] + logf(sum[i]);
        }
    }
}

/* The gradients by the queries in the lanes, of which dqueries gets the sum. */
static inline void differentiate_queries(
    const float *queries, const float *outer, vec lse, vec level, const float *keys, const float *values, int64_t size,
    float *dqueries, const int count)
{
    vec weights[TOGETHER], dscores[TOGETHER];
    multiply(queries, keys, size, weights, count);
    multiply(outer, values, size, dscores, count);
    for (int k = 0; k < count; k++)
        dscores[k] = vexp(weights[k] - lse) * (dscores[k] - level);
    add_rows(dscores, keys, size, dqueries, count);
}

/* The gradients by the keys and values in the lanes. */
static inline void differentiate_keys(
    const float *keys, const float *values, const float *queries, const float *outer, const float *lse,
    const float *level, int64_t size, float *dkeys, float *dvalues, const int count)
{
    vec weights[TOGETHER], dscores[TOGETHER];
    multiply(keys, queries, size, weights, count);
    multiply(values, outer, size, dscores, count);
    for (int k = 0; k < count; k++) {
        weights[k] = vexp(weights[k] - lse[k]);
        dscores[k] = weights[k] * (dscores[k] - level[k]);
    }
    add_rows(dscores, queries, size, dkeys, count);
    add_rows(weights, outer, size, dvalues, count);
}

void OF_ELEMENT(attention_backward)(
    const element *qkv, const element *out, const float *lse, const element *dout, element *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    int64_t all = heads * size, stride = 3 * all, room = padded(length * size), lanes = size * LANES;
    float *queries = scratch, *keys = queries + room, *values = keys + room, *outer = values + room;
    float *a = outer + room, *b = a + lanes, *da = b + lanes, *db = da + lanes, *level = db + lanes;
    for (int64_t at = 0; at < images * heads; at++) {
        int64_t place = at / heads * length * stride + at % heads * size;
        int64_t result = at / heads * length * all + at % heads * size;
        const float *sums = lse + at * length;
        pack(qkv + place, stride, queries, length, size);
        pack(qkv + place + all, stride, keys, length, size);
        pack(qkv + place + 2 * all, stride, values, length, size);
        pack(dout + result, all, outer, length, size);
        for (int64_t i = 0; i < length * size; i++)
            queries[i] *= scale;
        for (int64_t j = 0; j < length; j++) { /* the mean of each row's gradients by its weights */
            level[j] = 0;
            for (int64_t d = 0; d < size; d++)
                level[j] += outer[j * size + d] * widened(out[result + j * all + d]);
        }
        for (int64_t first = 0; first < length; first += LANES) {
            turn(queries, first, length, size, a);
            turn(outer, first, length, size, b);
            vec own_sums = load_some(sums + first, length - first), own_level = load_some(level + first, length - first);
            memset(da, 0, (size_t)lanes * sizeof(float));
            int64_t j = 0;
            for (; j + TOGETHER <= length; j += TOGETHER)
                differentiate_queries(
                    a, b, own_sums, own_level, keys + j * size, values + j * size, size, da, TOGETHER);
            for (; j < length; j++)
                differentiate_queries(a, b, own_sums, own_level, keys + j * size, values + j * size, size, da, 1);
            turn_back(da, dqkv + place, stride, first, length, size, scale);

            turn(keys, first, length, size, a);
            turn(values, first, length, size, b);
            memset(da, 0, (size_t)(2 * lanes) * sizeof(float)); /* and db */
            for (j = 0; j + TOGETHER <= length; j += TOGETHER)
                differentiate_keys(
                    a, b, queries + j * size, outer + j * size, sums + j, level + j, size, da, db, TOGETHER);
            for (; j < length; j++)
                differentiate_keys(a, b, queries + j * size, outer + j * size, sums + j, level + j, size, da, db, 1);
            turn_back(da, dqkv + place + all, stride, first, length, size, 1); /* the queries are scaled already */
            turn_back(db, dqkv + place + 2 * all, stride, first, length, size, 1);
        }
    }
}
