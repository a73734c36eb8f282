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

/*
 * x sigmoid(x) within 1.3e-4 for any finite x, and within 6e-4 of itself above -3: bfloat16 cannot tell. x / 2 + q(|x|)
 * with q(u) = u / 2 tanh(u / 2) as 31 parabolas a + b u + c u^2 (least greatest error), around multiples of 3/8, the
 * first without a and b; behind them q(u) = u / 2. A third fewer operations than with a sigmoid, and few that need the
 * unit for products, which tiles keep busy.
 */
static inline vec rough_silu(vec x)
{
#if LANES == 16
    static const float a[32] = {
        0.0f, -0.000990968896f, -0.0157131255f, -0.0655363202f, -0.157426462f, -0.276079237f, -0.394845217f,
        -0.490435958f, -0.550474107f, -0.573352158f, -0.564375281f, -0.531923056f, -0.484520793f, -0.429464728f,
        -0.37230432f, -0.316872716f, -0.26555714f, -0.219636247f, -0.179597765f, -0.145402387f, -0.116686754f,
        -0.092911087f, -0.0734610185f, -0.0577142499f, -0.0450812802f, -0.0350277498f, -0.0270843636f, -0.0208487418f,
        -0.0159823652f, -0.01220481f, -0.00928677432f, 0.0f,
    };
    static const float b[32] = {
        0.0f, 0.00821331888f, 0.0589105301f, 0.164618179f, 0.304897845f, 0.446181446f, 0.562051237f, 0.641051173f,
        0.684131742f, 0.698717833f, 0.693799973f, 0.677368343f, 0.655396938f, 0.631898105f, 0.609299183f,
        0.588891149f, 0.57121563f, 0.556356311f, 0.544140637f, 0.534271657f, 0.526409268f, 0.520217121f, 0.515387297f,
        0.51165092f, 0.508781016f, 0.506590366f, 0.504927456f, 0.503671348f, 0.502726674f, 0.502019167f, 0.501491189f,
        0.5f,
    };
    static const float c[32] = {
        0.249395177f, 0.232292056f, 0.18829596f, 0.132045135f, 0.0784174129f, 0.0363174342f, 0.00803781021f,
        -0.00829171017f, -0.0160221979f, -0.018347213f, -0.0176739506f, -0.0155936293f, -0.0130472397f,
        -0.0105394926f, -0.00830556266f, -0.00642698957f, -0.00490479125f, -0.00370263541f, -0.00277082459f,
        -0.00205872022f, -0.00152050762f, -0.0011173177f, -0.000817465887f, -0.000595817168f, -0.000432818313f,
        -0.000313480647f, -0.00022644586f, -0.000163185323f, -0.000117343341f, -8.42132285e-05f, -6.03280714e-05f,
        0.0f,
    };
    const __m512 last = _mm512_set1_ps(31 * 0.375f);
    const __m512 round = _mm512_set1_ps(12582912.0f); /* 1.5 * 2^23: leaves the nearest integer in the low bits */
    __m512 u = _mm512_abs_ps((__m512)x);
    __m512i which = (__m512i)_mm512_fmadd_ps(_mm512_min_ps(last, u), _mm512_set1_ps(1 / 0.375f), round);
    __m512 q = _mm512_permutex2var_ps(_mm512_loadu_ps(c), which, _mm512_loadu_ps(c + 16));
    q = _mm512_fmadd_ps(q, u, _mm512_permutex2var_ps(_mm512_loadu_ps(b), which, _mm512_loadu_ps(b + 16)));
    q = _mm512_fmadd_ps(q, u, _mm512_permutex2var_ps(_mm512_loadu_ps(a), which, _mm512_loadu_ps(a + 16)));
    return (vec)_mm512_fmadd_ps((__m512)x, _mm512_set1_ps(0.5f), q);
#else
    return x * rough_sigmoid(x);
#endif
}

#endif
