/*
 * Kernels for the operators of diffusion networks that libtorch is slow at on a processor.
 *
 * Plain functions over pointers and sizes, which are at least 1: row-major, dense, float32 or, by the name, bfloat16
 * with float32 inside.
 * Nothing is allocated that outlives a call, nothing is global but the choice of the variant and the times that were
 * asked for, and every function works on the calling thread alone. Who wants more threads gives each some of the images.
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

/* From now on the time of every call is taken, from 0 on, or (0) no longer; not while kernels run. */
DK_API void dk_time_kernels(int on);

/* Name of a function below, how often it was called and how long that took, on all threads; null past the last one. */
DK_API const char *dk_kernel_time(int64_t index, int64_t *calls, int64_t *nanoseconds);

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

/* What follows a dense layer. */
enum { DK_NONE, DK_SILU, DK_RELU };

/*
 * Rearranges a matrix B [depth, columns], whose element (k, n) is b[k row_step + n column_step], for the products
 * below: W^T of a layer's weight W [outputs, inputs] for the way forward, W itself for the way back.
 *   packed  dk_dense_packed(depth, columns) floats
 */
DK_API void dk_dense_pack(
    const float *b, int64_t row_step, int64_t column_step, float *packed, int64_t depth, int64_t columns);

DK_API int64_t dk_dense_packed(int64_t depth, int64_t columns);

/*
 * A dense layer: z = x W^T + bias + addend, y = f(z).
 *   x       [rows, inputs], row r from x[r x_stride] on
 *   packed  W^T
 *   bias    [outputs]; may be null
 *   addend  may be null; else row r gets its row r, or its row labels[r] if there are labels
 *   y       [rows, outputs]; may be addend if there are no labels
 *   slope   [rows, outputs], f'(z); may be null
 */
DK_API void dk_dense_forward(
    const float *x, int64_t x_stride, const float *packed, const float *bias, const float *addend,
    const int64_t *labels, float *y, float *slope, int64_t rows, int64_t inputs, int64_t outputs, int activation);

/*
 * The gradient by the layer below's z from that by this one's: dx = (dz W) slope.
 *   dz      [rows, outputs]
 *   packed  W
 *   slope   [rows, inputs], of the layer below; null if it has no activation
 *   dx      [rows, inputs]
 */
DK_API void dk_dense_backward(
    const float *dz, const float *packed, const float *slope, float *dx, int64_t rows, int64_t outputs,
    int64_t inputs);

/*
 * The gradients by the layer's weight and bias, added to those that are there: dW += dz^T x, db += sum dz.
 *   x        [rows, inputs], row r from x[r x_stride] on
 *   dweight  [outputs, inputs], row o from dweight[o stride] on
 *   dbias    [outputs]; may be null
 *   scratch  dk_dense_packed(rows, inputs) floats
 */
DK_API void dk_dense_gradient(
    const float *dz, const float *x, int64_t x_stride, float *dweight, int64_t stride, float *dbias, float *scratch,
    int64_t rows, int64_t outputs, int64_t inputs);

/*
 * The same in bfloat16, with sums, biases and what follows the product in float32. Only where dk_has_dense_bf16(). A
 * matrix of bfloat16 has its rows and columns filled up with zeros to multiples of 32, and lies without gaps:
 * dk_dense_size_bf16(rows, columns) numbers.
 */
DK_API int dk_has_dense_bf16(void);

DK_API int64_t dk_dense_size_bf16(int64_t rows, int64_t columns);

/* Rounds a matrix x [rows, columns], row r from x[r x_stride] on. */
DK_API void dk_dense_rows_bf16(const float *x, int64_t x_stride, dk_bf16 *y, int64_t rows, int64_t columns);

/* As dk_dense_pack, but row_step or column_step is 1; dk_dense_size_bf16(depth, columns) numbers. */
DK_API void dk_dense_pack_bf16(
    const float *b, int64_t row_step, int64_t column_step, dk_bf16 *packed, int64_t depth, int64_t columns);

/*
 * The first layer: as dk_dense_forward, but only y is bfloat16.
 *   weight  float32 W^T [inputs, outputs], rows filled up with zeros to a multiple of 32
 */
DK_API void dk_dense_first_bf16(
    const float *x, int64_t x_stride, const float *weight, const float *bias, const float *addend,
    const int64_t *labels, dk_bf16 *y, int64_t rows, int64_t inputs, int64_t outputs, int activation);

/*
 * As dk_dense_forward.
 *   addend  float32 [rows, outputs]; may be null
 *   exact   float32 [rows, outputs] instead of y and slope, where there is no activation; may be null
 */
DK_API void dk_dense_forward_bf16(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, int activation);

/* As dk_dense_backward. */
DK_API void dk_dense_backward_bf16(
    const dk_bf16 *dz, const dk_bf16 *packed, const dk_bf16 *slope, dk_bf16 *dx, int64_t rows, int64_t outputs,
    int64_t inputs);

/* As dk_dense_gradient. scratch: dk_dense_size_bf16(rows, outputs) + dk_dense_size_bf16(rows, inputs) numbers. */
DK_API void dk_dense_gradient_bf16(
    const dk_bf16 *dz, const dk_bf16 *x, float *dweight, int64_t stride, float *dbias, dk_bf16 *scratch,
    int64_t rows, int64_t outputs, int64_t inputs);

/* x = a x + b y + c z, for count numbers; z may be null. A step of a sampler, or of a moving average. */
DK_API void dk_combine(float *x, float a, const float *y, float b, const float *z, float c, int64_t count);

/* The numbers of one step of Adam (Kingma and Ba 2015, algorithm 1), corrections of the start in rate and epsilon. */
struct dk_adam_step {
    float mean_kept, mean_added, square_kept, square_added; /* beta1, 1 - beta1, beta2, 1 - beta2 */
    float penalty;                                          /* of the values, added to the gradient */
    float values_kept;                                      /* 1 less AdamW's decay */
    float rate, epsilon;
};

/* values -= rate mean / (root of square + epsilon), all in one pass; each [count]. */
DK_API void dk_adam(
    float *values, const float *gradient, float *mean, float *square, const struct dk_adam_step *step, int64_t count);

#if defined(__cplusplus)
}
#endif
#endif
