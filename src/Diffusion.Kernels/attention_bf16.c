/* The same for bfloat16, where there are no tiles; see attention_tiles.c. */
#if !defined(__AMX_BF16__)
#define ELEMENT_BF16
#include "attention.c"
#endif
