/*
 * The group norm of one image with SiLU behind it, channels last. Vectors run along the channels, so that all lanes do
 * the same. The image is read once for the means, once for the variances and once for the result: it stays in the
 * second cache, and no digits are lost as they would be to E[x^2] - E[x]^2.
 */
#ifndef DIFFUSION_NORM_H
#define DIFFUSION_NORM_H

#include <math.h>

#include "element.h"

/* What the norm of one image is for each channel: x scale + offset, with x - centre the difference from the mean. */
struct affine {
    float *centre, *scale, *offset;
};

static inline float group_sum(const float *of_channels, int64_t first, int64_t members)
{
    double sum = 0;
    for (int64_t c = first; c < first + members; c++)
        sum += of_channels[c];
    return (float)sum;
}

/* sums[c] = sum over the pixels of x. */
static inline void sum_pixels(const element *x, float *sums, int64_t pixels, int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec even = {0}, odd = {0}; /* two sums hide the latency of one */
        int64_t p = 0;
        for (; p + 1 < pixels; p += 2) {
            even += load_elements(x + p * channels + c, n);
            odd += load_elements(x + (p + 1) * channels + c, n);
        }
        if (p < pixels)
            even += load_elements(x + p * channels + c, n);
        store_some(sums + c, even + odd, n);
    }
}

/* sums[c] = sum over the pixels of (x - centre)^2. */
static inline void sum_squares(const element *x, const float *centre, float *sums, int64_t pixels, int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec middle = load_some(centre + c, n), even = {0}, odd = {0};
        int64_t p = 0;
        for (; p + 1 < pixels; p += 2) {
            vec a = load_elements(x + p * channels + c, n) - middle;
            vec b = load_elements(x + (p + 1) * channels + c, n) - middle;
            even += a * a;
            odd += b * b;
        }
        if (p < pixels) {
            vec a = load_elements(x + p * channels + c, n) - middle;
            even += a * a;
        }
        store_some(sums + c, even + odd, n);
    }
}

/* Mean and 1 / deviation of each group of x + shift. Overwrites what of has. */
static inline void measure(
    const element *x, const element *shift, struct affine of, float *mean, float *rstd, int64_t pixels,
    int64_t channels, int64_t groups, float eps)
{
    float *sums = of.scale;
    int64_t members = channels / groups;
    double values = (double)(members * pixels);
    sum_pixels(x, sums, pixels, channels);
    for (int64_t g = 0; g < groups; g++) {
        int64_t first = g * members;
        double shifted = 0;
        for (int64_t c = first; shift && c < first + members; c++)
            shifted += (double)pixels * widened(shift[c]);
        mean[g] = (float)((group_sum(sums, first, members) + shifted) / values);
        for (int64_t c = first; c < first + members; c++)
            of.centre[c] = mean[g] - (shift ? widened(shift[c]) : 0);
    }
    sum_squares(x, of.centre, sums, pixels, channels);
    for (int64_t g = 0; g < groups; g++)
        rstd[g] = (float)(1 / sqrt(group_sum(sums, g * members, members) / values + eps));
}

static inline void set_affine(
    struct affine of, const element *shift, const element *weight, const element *bias, const float *mean,
    const float *rstd, int64_t channels, int64_t groups)
{
    int64_t members = channels / groups;
    for (int64_t c = 0; c < channels; c++) {
        of.centre[c] = mean[c / members] - (shift ? widened(shift[c]) : 0);
        of.scale[c] = rstd[c / members] * widened(weight[c]);
        of.offset[c] = widened(bias[c]) - of.centre[c] * of.scale[c];
    }
}

/* y = f(x scale + offset); a pixel of y lies stride numbers behind the one before. */
static inline void apply_as(
    const element *x, struct affine of, element *y, int64_t stride, int64_t pixels, int64_t channels, const int silu)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), offset = load_some(of.offset + c, n);
        for (int64_t p = 0; p < pixels; p++) {
            vec z = load_elements(x + p * channels + c, n) * scale + offset;
            store_elements(y + p * stride + c, silu ? silu_of_elements(z) : z, n);
        }
    }
}

static inline void apply(
    const element *x, struct affine of, element *y, int64_t stride, int64_t pixels, int64_t channels, int silu)
{
    if (silu)
        apply_as(x, of, y, stride, pixels, channels, 1);
    else
        apply_as(x, of, y, stride, pixels, channels, 0);
}

/*
 * dz, the gradient by the norm's result z, from dy, that by silu(z); by_bias[c] = sum dz and by_weight[c] = sum dz
 * (x - centre), still without the factor rstd.
 */
static inline void differentiate_activation(
    const element *x, struct affine of, const element *dy, element *dz, float *by_weight, float *by_bias,
    int64_t pixels, int64_t channels, const int silu)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), offset = load_some(of.offset + c, n);
        vec centre = load_some(of.centre + c, n), bias_sum = {0}, weight_sum = {0};
        for (int64_t p = 0; p < pixels; p++) {
            vec value = load_elements(x + p * channels + c, n), d = load_elements(dy + p * channels + c, n);
            if (silu) {
                vec z = value * scale + offset, s = sigmoid_of_elements(z);
                d *= s * (1.0f + z * (1.0f - s));
            }
            bias_sum += d;
            weight_sum += d * (value - centre);
            store_elements(dz + p * channels + c, d, n);
        }
        store_some(by_bias + c, bias_sum, n);
        store_some(by_weight + c, weight_sum, n);
    }
}

/* dx = scale dz + slope (x - centre) + level, in place of dz; dshift[c] = sum dx. */
static inline void differentiate_norm(
    const element *x, struct affine of, const float *slope, const float *level, element *dz, element *dshift,
    int64_t pixels, int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), centre = load_some(of.centre + c, n), sum = {0};
        vec a = load_some(slope + c, n), b = load_some(level + c, n);
        for (int64_t p = 0; p < pixels; p++) {
            vec d = load_elements(dz + p * channels + c, n) * scale +
                    (load_elements(x + p * channels + c, n) - centre) * a + b;
            sum += d;
            store_elements(dz + p * channels + c, d, n);
        }
        if (dshift)
            store_elements(dshift + c, sum, n);
    }
}

/*
 * dx from dy, which it may be, with of set; adds to dweight and dbias. sums [2 * channels] is scratch.
 */
static inline void differentiate(
    const element *x, const element *weight, struct affine of, const float *rstd, const element *dy, element *dx,
    element *dshift, float *dweight, float *dbias, float *sums, int64_t pixels, int64_t channels, int64_t groups,
    int silu)
{
    float *by_weight = sums, *by_bias = sums + channels;
    int64_t members = channels / groups;
    double values = (double)(members * pixels);
    if (silu)
        differentiate_activation(x, of, dy, dx, by_weight, by_bias, pixels, channels, 1);
    else
        differentiate_activation(x, of, dy, dx, by_weight, by_bias, pixels, channels, 0);
    for (int64_t g = 0; g < groups; g++) {
        /* dx = rstd (w dz - mean(w dz) - xhat mean(w dz xhat)), xhat = (x - centre) rstd, means over the group */
        double weights = 0, biases = 0;
        for (int64_t c = g * members; c < (g + 1) * members; c++) {
            dweight[c] += by_weight[c] * rstd[g];
            dbias[c] += by_bias[c];
            weights += (double)widened(weight[c]) * by_weight[c] * rstd[g];
            biases += (double)widened(weight[c]) * by_bias[c];
        }
        for (int64_t c = g * members; c < (g + 1) * members; c++) {
            by_weight[c] = (float)(-(double)rstd[g] * rstd[g] * weights / values);
            by_bias[c] = (float)(-rstd[g] * biases / values);
        }
    }
    differentiate_norm(x, of, by_weight, by_bias, dx, dshift, pixels, channels);
}

#endif
