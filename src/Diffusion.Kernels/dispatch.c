/* Which variant runs, how long each kernel does, and the functions that callers see. Compiled once, for any processor. */
#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
#include <string.h>
#include <time.h>

#include "variant.h"

extern const struct kernel_table kernels_base;
#if defined(__x86_64__)
extern const struct kernel_table kernels_amx, kernels_avx512, kernels_avx2;
#endif

#define MOST_VARIANTS 4

static const struct kernel_table *usable[MOST_VARIANTS];
static int usable_count;
static const struct kernel_table *chosen;
static char names[64];

/* How often a kernel was called and how long that took, on all threads. */
struct kernel_time {
    const char *name;
    int64_t calls, nanoseconds;
    struct kernel_time *next;
    int known;
};

static int timing;
static struct kernel_time *timed;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void add_time(struct kernel_time *kernel, int64_t nanoseconds)
{
    if (!__atomic_exchange_n(&kernel->known, 1, __ATOMIC_ACQ_REL)) {
        struct kernel_time *first = __atomic_load_n(&timed, __ATOMIC_ACQUIRE);
        do
            kernel->next = first;
        while (!__atomic_compare_exchange_n(&timed, &first, kernel, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    }
    __atomic_fetch_add(&kernel->calls, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&kernel->nanoseconds, nanoseconds, __ATOMIC_RELAXED);
}

#define TIMED(...) \
    do { \
        static struct kernel_time kernel = {.name = __func__}; \
        int64_t begin = timing ? now() : 0; \
        __VA_ARGS__; \
        if (begin) \
            add_time(&kernel, now() - begin); \
    } while (0)

void dk_time_kernels(int on)
{
    for (struct kernel_time *kernel = on ? timed : 0; kernel; kernel = kernel->next)
        kernel->calls = kernel->nanoseconds = 0;
    timing = on;
}

const char *dk_kernel_time(int64_t index, int64_t *calls, int64_t *nanoseconds)
{
    struct kernel_time *kernel = timed;
    while (kernel && index-- > 0)
        kernel = kernel->next;
    if (!kernel)
        return 0;
    *calls = kernel->calls;
    *nanoseconds = kernel->nanoseconds;
    return kernel->name;
}

static void offer(const struct kernel_table *table, int runs)
{
    if (!runs)
        return;
    if (usable_count > 0)
        strcat(names, " ");
    strcat(names, table->name);
    usable[usable_count++] = table;
}

#if defined(__x86_64__)
/* Whether there are tiles of bfloat16 (AMX) and Linux lets this process use them, which it must be asked once. */
static int may_use_tiles(void)
{
#if defined(__linux__)
    const long request_permission = 0x1023, tile_data = 18; /* asm/prctl.h */
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bit_AMX_BF16) && (d & bit_AMX_TILE) &&
           syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return 0;
#endif
}
#endif

__attribute__((constructor)) static void find_variants(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    offer(&kernels_amx, avx512 && __builtin_cpu_supports("avx512bf16") && may_use_tiles());
    offer(&kernels_avx512, avx512);
    offer(&kernels_avx2, avx2);
#endif
    offer(&kernels_base, 1);
    chosen = usable[0];
}

const char *dk_variants(void) { return names; }

const char *dk_variant(void) { return chosen->name; }

int dk_choose_variant(const char *name)
{
    for (int i = 0; i < usable_count; i++) {
        if (strcmp(usable[i]->name, name) == 0) {
            chosen = usable[i];
            return 1;
        }
    }
    return 0;
}

void dk_group_norm_forward(
    const float *x, const float *shift, const float *weight, const float *bias, float *y, float *mean, float *rstd,
    float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps, int silu)
{
    TIMED(chosen->group_norm_forward(
        x, shift, weight, bias, y, mean, rstd, scratch, images, pixels, channels, groups, eps, silu));
}

void dk_group_norm_forward_bf16(
    const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *weight, const dk_bf16 *bias, dk_bf16 *y, float *mean,
    float *rstd, float *scratch, int64_t images, int64_t pixels, int64_t channels, int64_t groups, float eps,
    int silu)
{
    TIMED(chosen->group_norm_forward_bf16(
        x, shift, weight, bias, y, mean, rstd, scratch, images, pixels, channels, groups, eps, silu));
}

void dk_group_norm_backward(
    const float *x, const float *shift, const float *weight, const float *bias, const float *mean, const float *rstd,
    const float *dy, float *dx, float *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu)
{
    TIMED(chosen->group_norm_backward(
        x, shift, weight, bias, mean, rstd, dy, dx, dshift, dweight, dbias, scratch, images, pixels, channels, groups,
        silu));
}

void dk_group_norm_backward_bf16(
    const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *weight, const dk_bf16 *bias, const float *mean,
    const float *rstd, const dk_bf16 *dy, dk_bf16 *dx, dk_bf16 *dshift, float *dweight, float *dbias, float *scratch,
    int64_t images, int64_t pixels, int64_t channels, int64_t groups, int silu)
{
    TIMED(chosen->group_norm_backward_bf16(
        x, shift, weight, bias, mean, rstd, dy, dx, dshift, dweight, dbias, scratch, images, pixels, channels, groups,
        silu));
}

void dk_attention_forward(
    const float *qkv, float *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    TIMED(chosen->attention_forward(qkv, out, lse, scratch, images, length, heads, size, scale));
}

void dk_attention_forward_bf16(
    const dk_bf16 *qkv, dk_bf16 *out, float *lse, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    TIMED(chosen->attention_forward_bf16(qkv, out, lse, scratch, images, length, heads, size, scale));
}

void dk_attention_backward(
    const float *qkv, const float *out, const float *lse, const float *dout, float *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    TIMED(chosen->attention_backward(qkv, out, lse, dout, dqkv, scratch, images, length, heads, size, scale));
}

void dk_attention_backward_bf16(
    const dk_bf16 *qkv, const dk_bf16 *out, const float *lse, const dk_bf16 *dout, dk_bf16 *dqkv, float *scratch,
    int64_t images, int64_t length, int64_t heads, int64_t size, float scale)
{
    TIMED(chosen->attention_backward_bf16(qkv, out, lse, dout, dqkv, scratch, images, length, heads, size, scale));
}

/* Enough for every variant: what attention_backward takes, or attention_tiles.c, whose matrices are in whole tiles. */
int64_t dk_attention_scratch(int64_t length, int64_t size)
{
    const int64_t most_lanes = 16, tile = 32;
    int64_t rows = (length + tile - 1) / tile * tile, columns = (size + tile) / tile * tile;
    int64_t vectors = 4 * (length * size + most_lanes) + 4 * size * most_lanes + 2 * length + most_lanes;
    int64_t tiles = rows * (6 * columns + 4 * tile) + tile * columns + 20 * most_lanes;
    return vectors > tiles ? vectors : tiles;
}

int dk_has_norm_conv(void) { return chosen->norm_conv_forward != NULL; }

int64_t dk_norm_conv_scratch(const struct dk_norm_conv *conv, int backward)
{
    return chosen->norm_conv_scratch ? chosen->norm_conv_scratch(conv, backward) : 0;
}

void dk_norm_conv_forward(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const dk_bf16 *bias, const dk_bf16 *residual, dk_bf16 *y,
    float *mean, float *rstd, void *scratch)
{
    TIMED(chosen->norm_conv_forward(
        conv, x, shift, norm_weight, norm_bias, weight, bias, residual, y, mean, rstd, scratch));
}

void dk_norm_conv_backward(
    const struct dk_norm_conv *conv, const dk_bf16 *x, const dk_bf16 *shift, const dk_bf16 *norm_weight,
    const dk_bf16 *norm_bias, const dk_bf16 *weight, const float *mean, const float *rstd, const dk_bf16 *dy,
    dk_bf16 *dx, dk_bf16 *dshift, float *dnorm_weight, float *dnorm_bias, float *dweight, float *dbias, void *scratch)
{
    TIMED(chosen->norm_conv_backward(
        conv, x, shift, norm_weight, norm_bias, weight, mean, rstd, dy, dx, dshift, dnorm_weight, dnorm_bias, dweight,
        dbias, scratch));
}

void dk_dense_pack(
    const float *b, int64_t row_step, int64_t column_step, float *packed, int64_t depth, int64_t columns)
{
    TIMED(chosen->dense_pack(b, row_step, column_step, packed, depth, columns));
}

/* Panels of 32 columns, the last one filled up with zeros. */
int64_t dk_dense_packed(int64_t depth, int64_t columns) { return depth * ((columns + 31) / 32 * 32); }

void dk_dense_forward(
    const float *x, int64_t x_stride, const float *packed, const float *bias, const float *addend,
    const int64_t *labels, float *y, float *slope, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    TIMED(chosen->dense_forward(
        x, x_stride, packed, bias, addend, labels, y, slope, rows, inputs, outputs, activation));
}

void dk_dense_backward(
    const float *dz, const float *packed, const float *slope, float *dx, int64_t rows, int64_t outputs, int64_t inputs)
{
    TIMED(chosen->dense_backward(dz, packed, slope, dx, rows, outputs, inputs));
}

void dk_dense_gradient(
    const float *dz, const float *x, int64_t x_stride, float *dweight, int64_t stride, float *dbias, float *scratch,
    int64_t rows, int64_t outputs, int64_t inputs)
{
    TIMED(chosen->dense_gradient(dz, x, x_stride, dweight, stride, dbias, scratch, rows, outputs, inputs));
}

int dk_has_dense_bf16(void) { return chosen->dense_forward_bf16 != 0; }

int64_t dk_dense_size_bf16(int64_t rows, int64_t columns)
{
    return (rows + 31) / 32 * 32 * ((columns + 31) / 32 * 32);
}

void dk_dense_rows_bf16(const float *x, int64_t x_stride, dk_bf16 *y, int64_t rows, int64_t columns)
{
    TIMED(chosen->dense_rows_bf16(x, x_stride, y, rows, columns));
}

void dk_dense_pack_bf16(
    const float *b, int64_t row_step, int64_t column_step, dk_bf16 *packed, int64_t depth, int64_t columns)
{
    TIMED(chosen->dense_pack_bf16(b, row_step, column_step, packed, depth, columns));
}

void dk_dense_first_bf16(
    const float *x, int64_t x_stride, const float *weight, const float *bias, const float *addend,
    const int64_t *labels, dk_bf16 *y, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    TIMED(chosen->dense_first_bf16(x, x_stride, weight, bias, addend, labels, y, rows, inputs, outputs, activation));
}

void dk_dense_forward_bf16(
    const dk_bf16 *x, const dk_bf16 *packed, const float *bias, const float *addend, dk_bf16 *y, dk_bf16 *slope,
    float *exact, int64_t rows, int64_t inputs, int64_t outputs, int activation)
{
    TIMED(chosen->dense_forward_bf16(x, packed, bias, addend, y, slope, exact, rows, inputs, outputs, activation));
}

void dk_dense_backward_bf16(
    const dk_bf16 *dz, const dk_bf16 *packed, const dk_bf16 *slope, dk_bf16 *dx, int64_t rows, int64_t outputs,
    int64_t inputs)
{
    TIMED(chosen->dense_backward_bf16(dz, packed, slope, dx, rows, outputs, inputs));
}

void dk_dense_gradient_bf16(
    const dk_bf16 *dz, const dk_bf16 *x, float *dweight, int64_t stride, float *dbias, dk_bf16 *scratch,
    int64_t rows, int64_t outputs, int64_t inputs)
{
    TIMED(chosen->dense_gradient_bf16(dz, x, dweight, stride, dbias, scratch, rows, outputs, inputs));
}

void dk_combine(float *x, float a, const float *y, float b, const float *z, float c, int64_t count)
{
    TIMED(chosen->combine(x, a, y, b, z, c, count));
}

void dk_adam(
    float *values, const float *gradient, float *mean, float *square, const struct dk_adam_step *step, int64_t count)
{
    TIMED(chosen->adam(values, gradient, mean, square, step, count));
}
