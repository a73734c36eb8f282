/* The same for bfloat16. */
#define ELEMENT_BF16
#include "attention.c"
