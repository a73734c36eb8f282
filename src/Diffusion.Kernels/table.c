/* The kernels of one variant. */
#include "variant.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const struct kernel_table OF_VARIANT(kernels) = {
    .name = TEXT(VARIANT),
    .group_norm_forward = OF_VARIANT(group_norm_forward),
    .group_norm_forward_bf16 = OF_VARIANT(group_norm_forward_bf16),
    .group_norm_backward = OF_VARIANT(group_norm_backward),
    .group_norm_backward_bf16 = OF_VARIANT(group_norm_backward_bf16),
    .attention_forward = OF_VARIANT(attention_forward),
    .attention_forward_bf16 = OF_VARIANT(attention_forward_bf16),
    .attention_backward = OF_VARIANT(attention_backward),
    .attention_backward_bf16 = OF_VARIANT(attention_backward_bf16),
    .dense_pack = OF_VARIANT(dense_pack),
    .dense_forward = OF_VARIANT(dense_forward),
    .dense_backward = OF_VARIANT(dense_backward),
    .dense_gradient = OF_VARIANT(dense_gradient),
    .combine = OF_VARIANT(combine),
    .adam = OF_VARIANT(adam),
#if defined(__AMX_BF16__)
    .norm_conv_scratch = OF_VARIANT(norm_conv_scratch),
    .norm_conv_forward = OF_VARIANT(norm_conv_forward),
    .norm_conv_backward = OF_VARIANT(norm_conv_backward),
    .dense_rows_bf16 = OF_VARIANT(dense_rows_bf16),
    .dense_pack_bf16 = OF_VARIANT(dense_pack_bf16),
    .dense_first_bf16 = OF_VARIANT(dense_first_bf16),
    .dense_forward_bf16 = OF_VARIANT(dense_forward_bf16),
    .dense_backward_bf16 = OF_VARIANT(dense_backward_bf16),
    .dense_gradient_bf16 = OF_VARIANT(dense_gradient_bf16),
#endif
};
