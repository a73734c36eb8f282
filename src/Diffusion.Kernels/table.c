/* The kernels of one variant. */
#include "variant.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const struct kernel_table OF_VARIANT(kernels) = {
    .name = TEXT(VARIANT),
    .group_norm_forward = OF_VARIANT(group_norm_forward),
    .group_norm_backward = OF_VARIANT(group_norm_backward),
    .attention_forward = OF_VARIANT(attention_forward),
    .attention_backward = OF_VARIANT(attention_backward),
};
