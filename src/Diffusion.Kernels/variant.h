/* Every kernel's file is compiled once for each variant; these are their names there. */
#ifndef DIFFUSION_VARIANT_H
#define DIFFUSION_VARIANT_H

#include "kernels.h"

struct kernel_table {
    const char *name;
    __typeof__(dk_group_norm_forward) *group_norm_forward;
    __typeof__(dk_group_norm_backward) *group_norm_backward;
    __typeof__(dk_attention_forward) *attention_forward;
    __typeof__(dk_attention_backward) *attention_backward;
};

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OF_VARIANT(name) JOIN(name, VARIANT)

#if defined(VARIANT)
__typeof__(dk_group_norm_forward) OF_VARIANT(group_norm_forward);
__typeof__(dk_group_norm_backward) OF_VARIANT(group_norm_backward);
__typeof__(dk_attention_forward) OF_VARIANT(attention_forward);
__typeof__(dk_attention_backward) OF_VARIANT(attention_backward);
#endif

#endif
