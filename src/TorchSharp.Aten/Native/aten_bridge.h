// The whole native surface of TorchSharp.Aten: plain C functions over opaque handles.
//
// Every torch operator goes through ONE entry point, ab_call, which takes an operator handle and a span of
// tagged arguments, fills in the schema's defaults and calls the operator boxed through ATen's dispatcher.
// Autograd, devices and dtypes come with that, so there is no C++ per operator.
//
// A tensor handle is a TensorImpl* that owns one reference; ab_tensor_free gives it back.
// Functions that can fail return 0 on success, else 1 with *error set to text for ab_text_free.
#pragma once
#include <cstdint>

#define AB_API extern "C" __attribute__((visibility("default")))

enum ab_tag : int32_t {
  AB_DEFAULT = 0,       // take the schema's default
  AB_NONE = 1,
  AB_TENSOR = 2,        // p: handle (borrowed in arguments, owned in results)
  AB_INT = 3,           // i
  AB_DOUBLE = 4,        // d
  AB_BOOL = 5,          // i
  AB_STRING = 6,        // p: UTF-8, n: bytes
  AB_INTS = 7,          // p: int64_t*, n
  AB_DOUBLES = 8,       // p: double*, n
  AB_TENSORS = 9,       // p: handles*, n; a null handle is None in an optional list
  AB_DEVICE = 10,       // i: type | index << 8 (index -1: current)
  AB_GENERATOR = 11,    // p: handle
};

struct ab_value {
  int32_t tag;
  int32_t n;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

struct ab_tensor_info {
  int64_t ndim, numel, storage_offset, element_size;
  int32_t dtype, device_type, device_index, flags;  // flags: see ab_tensor_flags
  const int64_t* sizes;
  const int64_t* strides;
};

enum ab_tensor_flags : int32_t {
  AB_REQUIRES_GRAD = 1,
  AB_IS_LEAF = 2,
  AB_IS_CONTIGUOUS = 4,
  AB_IS_SPARSE = 8,
};
