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
    __typeof__(dk_norm_conv_scratch) *norm_conv_scratch; /* null in variants without tiles, as the two that follow */
    __typeof__(dk_norm_conv_forward) *norm_conv_forward;
    __typeof__(dk_norm_conv_backward) *norm_conv_backward;
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
#endif

#endif
