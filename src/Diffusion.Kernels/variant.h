/* Every kernel's file is compiled once for each variant; these are their names there. */
#ifndef DIFFUSION_VARIANT_H
#define DIFFUSION_VARIANT_H

#include "kernels.h"

struct kernel_table {
    const char *name;
    __typeof__(dk_group_norm_forward) *group_norm_forward;
    __typeof__(dk_group_norm_forward_bf16) *group_norm_forward_bf16;
    __typeof__(dk_group_norm_backward) *group_norm_backward;
    __typeof__(dk_group_norm_backward_bf16) *group_norm_backward_bf16;
    __typeof__(dk_attention_forward) *attention_forward;
    __typeof__(dk_attention_forward_bf16) *attention_forward_bf16;
    __typeof__(dk_attention_backward) *attention_backward;
    __typeof__(dk_attention_backward_bf16) *attention_backward_bf16;
    __typeof__(dk_dense_pack) *dense_pack;
    __typeof__(dk_dense_forward) *dense_forward;
    __typeof__(dk_dense_backward) *dense_backward;
    __typeof__(dk_dense_gradient) *dense_gradient;
    __typeof__(dk_combine) *combine;
    __typeof__(dk_adam) *adam;
    /* Null in variants without tiles. */
    __typeof__(dk_norm_conv_scratch) *norm_conv_scratch;
    __typeof__(dk_norm_conv_forward) *norm_conv_forward;
    __typeof__(dk_norm_conv_backward) *norm_conv_backward;
    __typeof__(dk_dense_rows_bf16) *dense_rows_bf16;
    __typeof__(dk_dense_pack_bf16) *dense_pack_bf16;
    __typeof__(dk_dense_first_bf16) *dense_first_bf16;
    __typeof__(dk_dense_forward_bf16) *dense_forward_bf16;
    __typeof__(dk_dense_backward_bf16) *dense_backward_bf16;
    __typeof__(dk_dense_gradient_bf16) *dense_gradient_bf16;
};

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OF_VARIANT(name) JOIN(name, VARIANT)

#if defined(VARIANT)
__typeof__(dk_group_norm_forward) OF_VARIANT(group_norm_forward);
__typeof__(dk_group_norm_forward_bf16) OF_VARIANT(group_norm_forward_bf16);
__typeof__(dk_group_norm_backward) OF_VARIANT(group_norm_backward);
__typeof__(dk_group_norm_backward_bf16) OF_VARIANT(group_norm_backward_bf16);
__typeof__(dk_attention_forward) OF_VARIANT(attention_forward);
__typeof__(dk_attention_forward_bf16) OF_VARIANT(attention_forward_bf16);
__typeof__(dk_attention_backward) OF_VARIANT(attention_backward);
__typeof__(dk_attention_backward_bf16) OF_VARIANT(attention_backward_bf16);
__typeof__(dk_norm_conv_scratch) OF_VARIANT(norm_conv_scratch);
__typeof__(dk_norm_conv_forward) OF_VARIANT(norm_conv_forward);
__typeof__(dk_norm_conv_backward) OF_VARIANT(norm_conv_backward);
__typeof__(dk_dense_pack) OF_VARIANT(dense_pack);
__typeof__(dk_dense_forward) OF_VARIANT(dense_forward);
__typeof__(dk_dense_backward) OF_VARIANT(dense_backward);
__typeof__(dk_dense_gradient) OF_VARIANT(dense_gradient);
__typeof__(dk_combine) OF_VARIANT(combine);
__typeof__(dk_adam) OF_VARIANT(adam);
__typeof__(dk_dense_rows_bf16) OF_VARIANT(dense_rows_bf16);
__typeof__(dk_dense_pack_bf16) OF_VARIANT(dense_pack_bf16);
__typeof__(dk_dense_first_bf16) OF_VARIANT(dense_first_bf16);
__typeof__(dk_dense_forward_bf16) OF_VARIANT(dense_forward_bf16);
__typeof__(dk_dense_backward_bf16) OF_VARIANT(dense_backward_bf16);
__typeof__(dk_dense_gradient_bf16) OF_VARIANT(dense_gradient_bf16);
#endif

#endif
