/*
 * Vectors of floats as wide as the variant's registers, by GCC's and Clang's vector extensions: arithmetic is written
 * as for single numbers. No fast-math anywhere; products and sums may be fused.
 */
#ifndef DIFFUSION_SIMD_H
#define DIFFUSION_SIMD_H

#include <stdint.h>
#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* For functions that what is known of their arguments makes fast. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef int32_t ivec __attribute__((vector_size(LANES * 4)));
typedef float unaligned_vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

static inline vec load(const float *p) { return *(const unaligned_vec *)p; }

static inline void store(float *p, vec v) { *(unaligned_vec *)p = v; }

/* The first n lanes, the others 0. */
static inline vec load_some(const float *p, int64_t n)
{
    if (n >= LANES)
        return load(p);
#if LANES == 16
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#else
    vec v = {0};
    memcpy(&v, p, (size_t)n * sizeof(float));
    return v;
#endif
}

static inline void store_some(float *p, vec v, int64_t n)
{
    if (n >= LANES)
        store(p, v);
    else
#if LANES == 16
        _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#else
        memcpy(p, &v, (size_t)n * sizeof(float));
#endif
}

/* x - 0 is x, also for -0, so that compilers leave it out; x + 0 is not. */
static inline vec splat(float x) { return x - (vec){0}; }

/* The greater of both, b where one is NaN. */
static inline vec vmax(vec a, vec b)
{
#if LANES == 16
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif LANES == 8
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
    ivec mask = a > b;
    return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
#endif
}

/* The lesser of both, b where one is NaN. */
static inline vec vmin(vec a, vec b)
{
#if LANES == 16
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
#elif LANES == 8
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#else
    ivec mask = a < b;
    return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
#endif
}

static inline float max_lanes(vec v)
{
    float most = v[0];
    for (int i = 1; i < LANES; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

/* e^x within 2 units in the last place, for x cut to [-87.3, 88]; NaN stays NaN. Coefficients: Cephes' expf. */
static inline vec vexp(vec x)
{
    const float round = 12582912.0f; /* 1.5 * 2^23: adding it leaves the nearest integer in the low bits */
    x = vmin(splat(88.0f), vmax(splat(-87.3f), x));
    vec shifted = x * 1.44269504088896341f + round;
    vec n = shifted - round;
    vec r = x - n * 0.693359375f + n * 2.12194440e-4f; /* x - n ln 2, in two parts */
    vec p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    vec y = p * r * r + r + 1.0f;
    return (vec)((ivec)y + ((ivec)shifted << 23)); /* times 2^n */
}

/* 1 / x for finite x from 1 on; a step of Newton's is four times as fast as a division of that width. */
static inline vec vreciprocal(vec x)
{
#if LANES == 16
    vec y = (vec)_mm512_rcp14_ps((__m512)x);
    return y + y * (1.0f - x * y);
#else
    return 1.0f / x;
#endif
}

#if LANES == 16
/* 2^x within 3e-7 of itself for finite x; infinite ones give NaN. The polynomial: least squares on +-1/2. */
static inline vec vexp2_finite(vec x)
{
    __m512 whole = _mm512_roundscale_ps((__m512)x, 0);
    vec r = x - (vec)whole;
    vec p = splat(0.00132764701f);
    p = p * r + 0.00967554096f;
    p = p * r + 0.0555071309f;
    p = p * r + 0.240221202f;
    p = p * r + 0.693146944f;
    p = p * r + 1.00000012f;
    return (vec)_mm512_scalef_ps((__m512)p, whole);
}

/* The same for x cut to [-150, 126], so also for infinite ones; NaN stays NaN. */
static inline vec vexp2(vec x)
{
    return vexp2_finite((vec)_mm512_max_ps(_mm512_set1_ps(-150), _mm512_min_ps(_mm512_set1_ps(126), (__m512)x)));
}
#endif

static inline vec vsigmoid(vec x)
{
#if LANES == 16
    return vreciprocal(1.0f + vexp2(x * -1.44269504f)); /* half as many operations as with vexp */
#else
    return vreciprocal(1.0f + vexp(-x));
#endif
}

#endif
