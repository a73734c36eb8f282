/* bfloat16, the upper half of a float32: conversion of single numbers and of vectors. */
#ifndef DIFFUSION_BF16_H
#define DIFFUSION_BF16_H

#include "kernels.h"
#include "simd.h"

typedef uint16_t half_vec __attribute__((vector_size(LANES * 2)));
typedef uint16_t unaligned_half_vec __attribute__((vector_size(LANES * 2), aligned(2), may_alias));
typedef uint32_t uvec __attribute__((vector_size(LANES * 4)));

static inline vec widen_vec(half_vec h)
{
#if LANES == 16
    return (vec)_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)h), 16);
#elif LANES == 8
    return (vec)_mm256_slli_epi32(_mm256_cvtepu16_epi32((__m128i)h), 16);
#else
    return (vec)(__builtin_convertvector(h, uvec) << 16);
#endif
}

/* To the nearest, of two as near to the even one; NaN stays NaN. */
static inline half_vec narrow_vec(vec v)
{
#if defined(__AVX512BF16__)
    return (half_vec)_mm512_cvtneps_pbh((__m512)v);
#else
    uvec bits = (uvec)v;
    uvec rounded = bits + 0x7fff + ((bits >> 16) & 1);
    uvec nan = (uvec)(v != v);
    uvec upper = ((rounded & ~nan) | ((bits | 0x400000) & nan)) >> 16;
#if LANES == 16
    return (half_vec)_mm512_cvtepi32_epi16((__m512i)upper);
#elif LANES == 8
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32((__m256i)upper, (__m256i)upper), 0x08);
    return (half_vec)_mm256_castsi256_si128(packed);
#else
    return __builtin_convertvector(upper, half_vec);
#endif
#endif
}

static inline float widen(dk_bf16 x)
{
    uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline dk_bf16 narrow(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (dk_bf16)((x != x ? bits | 0x400000 : bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* The first n lanes, the others 0. */
static inline vec load_some_bf16(const dk_bf16 *p, int64_t n)
{
    half_vec h = {0};
    if (n >= LANES)
        h = *(const unaligned_half_vec *)p;
    else
#if LANES == 16
        h = (half_vec)_mm256_maskz_loadu_epi16((__mmask16)((1u << n) - 1), p);
#else
        memcpy(&h, p, (size_t)n * sizeof(dk_bf16));
#endif
    return widen_vec(h);
}

static inline void store_some_bf16(dk_bf16 *p, vec v, int64_t n)
{
    half_vec h = narrow_vec(v);
    if (n >= LANES)
        *(unaligned_half_vec *)p = h;
    else
#if LANES == 16
        _mm256_mask_storeu_epi16(p, (__mmask16)((1u << n) - 1), (__m256i)h);
#else
        memcpy(p, &h, (size_t)n * sizeof(dk_bf16));
#endif
}

#if LANES == 16
/* 2^x within 8e-5: bfloat16 cannot tell it from the exact one. */
static inline vec rough_exp2(vec x)
{
    __m512 whole = _mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT);
    vec r = x - (vec)whole;
    vec p = ((r * 0.0550886838f + 0.242604051f) * r + 0.693276242f) * r + 0.999928940f; /* least squares */
    return (vec)_mm512_scalef_ps((__m512)p, whole);
}
#endif

/* As exact as bfloat16 asks. */
static inline vec rough_sigmoid(vec x)
{
#if LANES == 16
    return (vec)_mm512_rcp14_ps((__m512)(1.0f + rough_exp2(x * -1.44269504088896341f)));
#else
    return vsigmoid(x);
#endif
}

#endif
