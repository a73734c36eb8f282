/* What is done to long rows of numbers, in one pass over them. */
#include "simd.h"
#include "variant.h"

static inline vec root(vec v)
{
#if LANES == 16
    return (vec)_mm512_sqrt_ps((__m512)v);
#elif LANES == 8
    return (vec)_mm256_sqrt_ps((__m256)v);
#else
    for (int i = 0; i < LANES; i++)
        v[i] = __builtin_sqrtf(v[i]);
    return v;
#endif
}

void OF_VARIANT(combine)(float *x, float a, const float *y, float b, const float *z, float c, int64_t count)
{
    for (int64_t i = 0; i < count; i += LANES) {
        vec sum = load_some(x + i, count - i) * a + load_some(y + i, count - i) * b;
        if (z)
            sum += load_some(z + i, count - i) * c;
        store_some(x + i, sum, count - i);
    }
}

void OF_VARIANT(adam)(
    float *values, const float *gradient, float *mean, float *square, const struct dk_adam_step *step, int64_t count)
{
    for (int64_t i = 0; i < count; i += LANES) {
        int64_t n = count - i;
        vec w = load_some(values + i, n), g = load_some(gradient + i, n) + w * step->penalty;
        vec m = load_some(mean + i, n) * step->mean_kept + g * step->mean_added;
        vec v = load_some(square + i, n) * step->square_kept + g * g * step->square_added;
        store_some(mean + i, m, n);
        store_some(square + i, v, n);
        store_some(values + i, w * step->values_kept - step->rate * m / (root(v) + step->epsilon), n);
    }
}
