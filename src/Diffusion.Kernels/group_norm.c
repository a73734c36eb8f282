/*
 * Group norm with SiLU, channels last. Vectors run along the channels, so that all lanes do the same. An image is read
 * once for the means, once for the variances and once for the result: it stays in the second cache, and no digits are
 * lost as they would be to E[x^2] - E[x]^2.
 */
#include <math.h>

#include "simd.h"
#include "variant.h"

/* What the norm of one image is for each channel: x scale + offset, with x - centre the difference from the mean. */
struct affine {
    float *centre, *scale, *offset;
};

static float group_sum(const float *of_channels, int64_t first, int64_t members)
{
    double sum = 0;
    for (int64_t c = first; c < first + members; c++)
        sum += of_channels[c];
    return (float)sum;
}

/* sums[c] = sum over the pixels of x. */
static void sum_pixels(const float *x, float *sums, int64_t pixels, int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec even = {0}, odd = {0}; /* two sums hide the latency of one */
        int64_t p = 0;
        for (; p + 1 < pixels; p += 2) {
            even += load_some(x + p * channels + c, n);
            odd += load_some(x + (p + 1) * channels + c, n);
        }
        if (p < pixels)
            even += load_some(x + p * channels + c, n);
        store_some(sums + c, even + odd, n);
    }
}

/* sums[c] = sum over the pixels of (x - centre)^2. */
static void sum_squares(const float *x, const float *centre, float *sums, int64_t pixels, int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec middle = load_some(centre + c, n), even = {0}, odd = {0};
        int64_t p = 0;
        for (; p + 1 < pixels; p += 2) {
            vec a = load_some(x + p * channels + c, n) - middle;
            vec b = load_some(x + (p + 1) * channels + c, n) - middle;
            even += a * a;
            odd += b * b;
        }
        if (p < pixels) {
            vec a = load_some(x + p * channels + c, n) - middle;
            even += a * a;
        }
        store_some(sums + c, even + odd, n);
    }
}

static void set_affine(
    struct affine of, const float *shift, const float *weight, const float *bias, float mean, float rstd,
    int64_t first, int64_t members)
{
    for (int64_t c = first; c < first + members; c++) {
        of.centre[c] = mean - (shift ? shift[c] : 0);
        of.scale[c] = rstd * weight[c];
        of.offset[c] = bias[c] - of.centre[c] * of.scale[c];
    }
}

static inline void apply(
    const float *x, struct affine of, float *y, int64_t pixels, int64_t channels, const int silu)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), offset = load_some(of.offset + c, n);
        for (int64_t p = 0; p < pixels; p++) {
            vec z = load_some(x + p * channels + c, n) * scale + offset;
            store_some(y + p * channels + c, silu ? z * vsigmoid(z) : z, n);
        }
    }
}

void OF_VARIANT(group_norm_forward)(
    const float *x, const float *shift, const float *weight, const float *bias, float *y, float *mean, float *rstd,
    float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps, int silu)
{
    struct affine of = {scratch, scratch + channels, scratch + 2 * channels};
    float *sums = of.scale; /* needed before the scales are */
    int64_t members = channels / groups;
    double values = (double)(members * pixels);
    for (int64_t i = 0; i < images; i++) {
        sum_pixels(x, sums, pixels, channels);
        for (int64_t g = 0; g < groups; g++) {
            int64_t first = g * members;
            double shifted = shift ? (double)pixels * group_sum(shift, first, members) : 0;
            mean[g] = (float)((group_sum(sums, first, members) + shifted) / values);
            for (int64_t c = first; c < first + members; c++)
                of.centre[c] = mean[g] - (shift ? shift[c] : 0);
        }
        sum_squares(x, of.centre, sums, pixels, channels);
        for (int64_t g = 0; g < groups; g++)
            rstd[g] = (float)(1 / sqrt(group_sum(sums, g * members, members) / values + eps));
        for (int64_t g = 0; g < groups; g++)
            set_affine(of, shift, weight, bias, mean[g], rstd[g], g * members, members);
        if (silu)
            apply(x, of, y, pixels, channels, 1);
        else
            apply(x, of, y, pixels, channels, 0);
        x += pixels * channels;
        y += pixels * channels;
        mean += groups;
        rstd += groups;
        shift = shift ? shift + channels : shift;
    }
}

/*
 * dz, the gradient by the norm's result z, from dy, that by silu(z); by_bias[c] = sum dz and by_weight[c] = sum dz
 * (x - centre), still without the factor rstd.
 */
static inline void differentiate_activation(
    const float *x, struct affine of, const float *dy, float *dz, float *by_weight, float *by_bias, int64_t pixels,
    int64_t channels, const int silu)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), offset = load_some(of.offset + c, n);
        vec centre = load_some(of.centre + c, n), bias_sum = {0}, weight_sum = {0};
        for (int64_t p = 0; p < pixels; p++) {
            vec value = load_some(x + p * channels + c, n), d = load_some(dy + p * channels + c, n);
            if (silu) {
                vec z = value * scale + offset, s = vsigmoid(z);
                d *= s * (1.0f + z * (1.0f - s));
            }
            bias_sum += d;
            weight_sum += d * (value - centre);
            store_some(dz + p * channels + c, d, n);
        }
        store_some(by_bias + c, bias_sum, n);
        store_some(by_weight + c, weight_sum, n);
    }
}

/* dx = scale dz + slope (x - centre) + level, in place of dz; dshift[c] = sum dx. */
static void differentiate_norm(
    const float *x, struct affine of, const float *slope, const float *level, float *dz, float *dshift, int64_t pixels,
    int64_t channels)
{
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t n = channels - c;
        vec scale = load_some(of.scale + c, n), centre = load_some(of.centre + c, n), sum = {0};
        vec a = load_some(slope + c, n), b = load_some(level + c, n);
        for (int64_t p = 0; p < pixels; p++) {
            vec d = load_some(dz + p * channels + c, n) * scale +
                    (load_some(x + p * channels + c, n) - centre) * a + b;
            sum += d;
            store_some(dz + p * channels + c, d, n);
        }
        if (dshift)
            store_some(dshift + c, sum, n);
    }
}

void OF_VARIANT(group_norm_backward)(
    const float *x, const float *shift, const float *weight, const float *bias, const float *mean, const float *rstd,
    const float *dy, float *dx, float *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu)
{
    struct affine of = {scratch, scratch + channels, scratch + 2 * channels};
    float *by_weight = scratch + 3 * channels, *by_bias = scratch + 4 * channels;
    int64_t members = channels / groups;
    double values = (double)(members * pixels);
    memset(dweight, 0, (size_t)channels * sizeof(float));
    memset(dbias, 0, (size_t)channels * sizeof(float));
    for (int64_t i = 0; i < images; i++) {
        for (int64_t g = 0; g < groups; g++)
            set_affine(of, shift, weight, bias, mean[g], rstd[g], g * members, members);
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
                weights += (double)weight[c] * by_weight[c] * rstd[g];
                biases += (double)weight[c] * by_bias[c];
            }
            for (int64_t c = g * members; c < (g + 1) * members; c++) {
                by_weight[c] = (float)(-(double)rstd[g] * rstd[g] * weights / values);
                by_bias[c] = (float)(-rstd[g] * biases / values);
            }
        }
        differentiate_norm(x, of, by_weight, by_bias, dx, dshift, pixels, channels);
        x += pixels * channels;
        dy += pixels * channels;
        dx += pixels * channels;
        mean += groups;
        rstd += groups;
        shift = shift ? shift + channels : shift;
        dshift = dshift ? dshift + channels : dshift;
    }
}
