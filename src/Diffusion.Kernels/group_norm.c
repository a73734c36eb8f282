/* Group norm with SiLU, image by image. */
#include "norm.h"

void OF_ELEMENT(group_norm_forward)(
    const element *x, const element *shift, const element *weight, const element *bias, element *y, float *mean,
    float *rstd, float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps, int silu)
{
    struct affine of = {scratch, scratch + channels, scratch + 2 * channels};
    for (int64_t i = 0; i < images; i++) {
        measure(x, shift, of, mean, rstd, pixels, channels, groups, eps);
        set_affine(of, shift, weight, bias, mean, rstd, channels, groups);
        apply(x, of, y, channels, pixels, channels, silu);
        x += pixels * channels;
        y += pixels * channels;
        mean += groups;
        rstd += groups;
        shift = shift ? shift + channels : shift;
    }
}

void OF_ELEMENT(group_norm_backward)(
    const element *x, const element *shift, const element *weight, const element *bias, const float *mean,
    const float *rstd, const element *dy, element *dx, element *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu)
{
    struct affine of = {scratch, scratch + channels, scratch + 2 * channels};
    float *sums = scratch + 3 * channels;
    memset(dweight, 0, (size_t)channels * sizeof(float));
    memset(dbias, 0, (size_t)channels * sizeof(float));
    for (int64_t i = 0; i < images; i++) {
        set_affine(of, shift, weight, bias, mean, rstd, channels, groups);
        differentiate(
            x, weight, of, rstd, dy, dx, dshift, dweight, dbias, sums, pixels, channels, groups, silu);
        x += pixels * channels;
        dy += pixels * channels;
        dx += pixels * channels;
        mean += groups;
        rstd += groups;
        shift = shift ? shift + channels : shift;
        dshift = dshift ? dshift + channels : dshift;
    }
}
