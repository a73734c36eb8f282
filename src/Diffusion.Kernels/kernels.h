/*
 * Kernels for the operators of diffusion networks that libtorch is slow at on a processor.
 *
 * Plain functions over pointers and sizes: float32, row-major, dense; nothing is allocated that outlives a call, nothing
 * is global but the choice of the variant, and every function works on the calling thread alone. Who wants more threads
 * gives each some of the images.
 */
#ifndef DIFFUSION_KERNELS_H
#define DIFFUSION_KERNELS_H

#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

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

/* Its gradient dqkv, from dout; all as in dk_attention_forward. */
DK_API void dk_attention_backward(
    const float *qkv, const float *out, const float *lse, const float *dout, float *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale);

/* Floats, whatever the variant. */
DK_API int64_t dk_attention_scratch(int64_t length, int64_t size);

#if defined(__cplusplus)
}
#endif
#endif
