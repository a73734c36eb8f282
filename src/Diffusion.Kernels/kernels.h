/*
 * Kernels for the operators of diffusion networks that libtorch is slow at on a processor.
 *
 * Plain functions over pointers and sizes: row-major, dense, float32 or, by the name, bfloat16 with float32 inside.
 * Nothing is allocated that outlives a call, nothing is global but the choice of the variant, and every function works
 * on the calling thread alone. Who wants more threads gives each some of the images.
 */
#ifndef DIFFUSION_KERNELS_H
#define DIFFUSION_KERNELS_H

#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/* bfloat16, the upper half of a float32. */
typedef uint16_t dk_bf16;

#define DK_API __attribute__((visibility("default")))

/* The variants that this processor can run, best first, as one text: "amx avx512 avx2 base". */
DK_API const char *dk_variants(void);

/* The variant in use: the best, unless another was chosen. */
DK_API const char *dk_variant(void);

/* Chooses a variant for all threads and all calls that begin from now on; 0 if the processor cannot run it. */
DK_API int dk_choose_variant(const char *name);

/*
 * Group norm (Wu and He 2018) and, if silu is not 0, x sigmoid(x) behind it, channels last.
 *   x, y        [images, pixels, channels]; y may be x
 *   shift       [images, channels], added to x before the norm; may be null
 *   weight,bias [channels]
 *   mean, rstd  [images, groups], of x + shift: kept for the backward
 *   scratch     [3 * channels]
 */
DK_API void dk_group_norm_forward(
    const float *x, const float *shift, const float *weight, const float *bias, float *y, float *mean, float *rstd,
    float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps, int silu);

DK_API void dk_group_norm_forward_bf16(
    const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *weight, const dk_bf16 *bias, dk_bf16 *y, float *mean,
    float *rstd, float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps,
    int silu);

/*
 * Its gradients, from dy [images, pixels, channels].
 *   dx             [images, pixels, channels]; may be dy
 *   dshift         [images, channels]; may be null
 *   dweight, dbias [channels], summed over the images
 *   scratch        [5 * channels]
 */
DK_API void dk_group_norm_backward(
    const float *x, const float *shift, const float *weight, const float *bias, const float *mean, const float *rstd,
    const float *dy, float *dx, float *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu);

DK_API void dk_group_norm_backward_bf16(
    const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *weight, const dk_bf16 *bias, const float *mean,
    const float *rstd, const dk_bf16 *dy, dk_bf16 *dx, dk_bf16 *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu);

/*
 * softmax(scale Q K^T) V for every head (Vaswani et al. 2017, eq. 1), a few rows of the scores at a time.
 *   qkv     [images, length, 3, heads, size]: queries, keys and values
 *   out     [images, length, heads, size]
 *   lse     [images, heads, length], the logarithm of each row's sum: kept for the backward
 *   scratch dk_attention_scratch(length, size) floats
 */
DK_API void dk_attention_forward(
    const float *qkv, float *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale);

DK_API void dk_attention_forward_bf16(
    const dk_bf16 *qkv, dk_bf16 *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale);

/* Its gradient dqkv, from dout; all as in dk_attention_forward. */
DK_API void dk_attention_backward(
    const float *qkv, const float *out, const float *lse, const float *dout, float *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale);

DK_API void dk_attention_backward_bf16(
    const dk_bf16 *qkv, const dk_bf16 *out, const float *lse, const dk_bf16 *dout, dk_bf16 *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale);

/* Floats, whatever the variant. */
DK_API int64_t dk_attention_scratch(int64_t length, int64_t size);

/* A convolution with a group norm and SiLU before it, if asked, all channels last. */
struct dk_norm_conv {
    int64_t images, height, width; /* of x */
    int64_t inputs, outputs;       /* channels */
    int64_t size;                  /* 1 or 3, with as many zeros around that the image keeps its size */
    int64_t stride;                /* 1 or 2 */
    int64_t doubled;               /* 1: each pixel of x is repeated in both directions first; with no norm only */
    int64_t groups;                /* of the norm; 0 for none */
    int64_t silu;
    float eps;
};

/* Whether the variant in use has it: those with tiles for bfloat16. */
DK_API int dk_has_norm_conv(void);

/* Bytes of scratch, which has to begin at a multiple of 64; 0 where the variant has no such kernel. */
DK_API int64_t dk_norm_conv_scratch(const struct dk_norm_conv *conv, int backward);

/*
 * y = conv(silu(norm(x + shift))) + bias + residual.
 *   x                     [images, height, width, inputs]
 *   shift                 [images, inputs]; may be null
 *   norm_weight,norm_bias [inputs]; null with no norm
 *   weight                [outputs, inputs, size, size]
 *   bias                  [outputs]; may be null
 *   residual, y           [images, height', width', outputs]; residual may be null
 *   mean, rstd            [images, groups]: kept for the backward
 */
DK_API void dk_norm_conv_forward(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const dk_bf16 *bias, const dk_bf16 *residual, dk_bf16 *y,
    float *mean, float *rstd, void *scratch);

/*
 * Its gradients, from dy; that by the residual is dy itself. dx and dshift may be null, the norm's with no norm; the
 * gradients by parameters are summed over the images.
 */
DK_API void dk_norm_conv_backward(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const float *mean, const float *rstd, const dk_bf16 *dy,
    dk_bf16 *dx, dk_bf16 *dshift, float *dnorm_weight, float *dnorm_bias, float *dweight, float *dbias, void *scratch);

#if defined(__cplusplus)
}
#endif
#endif
