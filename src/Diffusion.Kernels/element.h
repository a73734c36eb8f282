/*
 * The type of the numbers that a kernel reads and writes, of which each kernel's file is compiled once: float, or
 * bfloat16 where ELEMENT_BF16 is defined. All arithmetic is float32 either way.
 */
#ifndef DIFFUSION_ELEMENT_H
#define DIFFUSION_ELEMENT_H

#include "bf16.h"
#include "variant.h"

#if defined(ELEMENT_BF16)
typedef dk_bf16 element;
#define OF_ELEMENT(name) OF_VARIANT(JOIN(name, bf16))

static inline float widened(element x) { return widen(x); }

static inline element narrowed(float x) { return narrow(x); }

/* As exact as its result can be told. */
static inline vec sigmoid_of_elements(vec x) { return rough_sigmoid(x); }

static inline vec silu_of_elements(vec x) { return rough_silu(x); }

static inline vec load_elements(const element *p, int64_t n) { return load_some_bf16(p, n); }

static inline void store_elements(element *p, vec v, int64_t n) { store_some_bf16(p, v, n); }
#else
typedef float element;
#define OF_ELEMENT(name) OF_VARIANT(name)

static inline float widened(element x) { return x; }

static inline element narrowed(float x) { return x; }

static inline vec sigmoid_of_elements(vec x) { return vsigmoid(x); }

static inline vec silu_of_elements(vec x) { return x * vsigmoid(x); }

static inline vec load_elements(const element *p, int64_t n) { return load_some(p, n); }

static inline void store_elements(element *p, vec v, int64_t n) { store_some(p, v, n); }
#endif

#endif
