#include "aten_bridge.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/cuda.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

using Handle = c10::TensorImpl*;

// c10::optional until libtorch 2, std::optional since: whichever libtorch's own signatures use.
template <class T>
using Optional = decltype(std::declval<c10::IValue>().toOptional<T>());

char* copy_text(const char* text, size_t length) {
  char* copy = static_cast<char*>(std::malloc(length + 1));
  std::memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

// Runs f; whatever it throws becomes text. Nothing may unwind into the managed caller.
template <class F>
int guarded(char** error, F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (const c10::Error& e) {
    std::string text = e.what_without_backtrace();
    *error = copy_text(text.data(), text.size());
  } catch (const std::exception& e) {
    *error = copy_text(e.what(), std::strlen(e.what()));
  } catch (...) {
    *error = copy_text("unknown native exception", 24);
  }
  return 1;
}

// A view of a handle without touching its reference count beyond this scope.
at::Tensor borrow(void* handle) {
  if (handle == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::unsafe_reclaim_from_nonowning(
      static_cast<Handle>(handle)));
}

Handle release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

c10::Device device_of(int64_t packed) {
  return c10::Device(static_cast<c10::DeviceType>(packed & 0xff), static_cast<c10::DeviceIndex>(packed >> 8));
}

// The dispatcher wants values of exactly the schema's types, where a caller may write 1 for 1.0 or a list for an
// optional list: the schema decides.
c10::IValue tensor_list(const ab_value& value, const c10::TypePtr& type) {
  auto handles = static_cast<void**>(value.p);
  auto list = type->cast<c10::ListType>();
  if (list && list->getElementType()->kind() == c10::TypeKind::OptionalType) {
    c10::List<Optional<at::Tensor>> tensors;
    tensors.reserve(value.n);
    for (int32_t k = 0; k < value.n; k++) {
      if (handles[k]) tensors.push_back(borrow(handles[k]));
      else tensors.push_back(Optional<at::Tensor>());
    }
    return c10::IValue(std::move(tensors));
  }
  c10::List<at::Tensor> tensors;
  tensors.reserve(value.n);
  for (int32_t k = 0; k < value.n; k++) tensors.push_back(borrow(handles[k]));
  return c10::IValue(std::move(tensors));
}

c10::IValue to_ivalue(const ab_value& value, const c10::Argument& argument) {
  c10::TypePtr type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  switch (value.tag) {
    case AB_DEFAULT:
      TORCH_CHECK(argument.default_value().has_value(), "argument '", argument.name(), "' has no default and must be given");
      return *argument.default_value();
    case AB_NONE: return {};
    case AB_TENSOR: return borrow(value.p);
    case AB_INT:
      if (type->kind() == c10::TypeKind::FloatType) return static_cast<double>(value.i);
      if (type->kind() == c10::TypeKind::ListType) return c10::List<int64_t>({value.i});
      return value.i;
    case AB_DOUBLE: return value.d;
    case AB_BOOL: return value.i != 0;
    case AB_STRING: return std::string(static_cast<const char*>(value.p), value.n);
    case AB_INTS: {
      auto list = type->cast<c10::ListType>();
      auto items = static_cast<int64_t*>(value.p);
      if (list && list->getElementType()->kind() == c10::TypeKind::BoolType) {
        c10::List<bool> bools;
        for (int32_t k = 0; k < value.n; k++) bools.push_back(items[k] != 0);
        return bools;
      }
      return c10::IValue(c10::IntArrayRef(items, value.n));
    }
    case AB_DOUBLES: {
      auto items = static_cast<double*>(value.p);
      return c10::IValue(c10::ArrayRef<double>(items, value.n));
    }
    case AB_TENSORS: return tensor_list(value, type);
    case AB_DEVICE: return device_of(value.i);
    case AB_GENERATOR: return *static_cast<at::Generator*>(value.p);
  }
  TORCH_CHECK(false, "argument '", argument.name(), "' has unknown tag ", value.tag);
}

// Appends the results of one returned value; a list is spread out.
void from_ivalue(c10::IValue&& value, ab_value* results, int32_t capacity, int32_t& count) {
  if (value.isTensorList()) {
    for (at::Tensor tensor : value.toTensorVector()) from_ivalue(std::move(tensor), results, capacity, count);
    return;
  }
  TORCH_CHECK(count < capacity, "more than ", capacity, " results");
  ab_value& out = results[count++];
  out.n = 0;
  if (value.isTensor()) {
    out.tag = AB_TENSOR;
    out.p = release(std::move(value).toTensor());
  } else if (value.isInt()) {
    out.tag = AB_INT;
    out.i = value.toInt();
  } else if (value.isDouble()) {
    out.tag = AB_DOUBLE;
    out.d = value.toDouble();
  } else if (value.isBool()) {
    out.tag = AB_BOOL;
    out.i = value.toBool();
  } else if (value.isNone()) {
    out.tag = AB_NONE;
    out.i = 0;
  } else {
    TORCH_CHECK(false, "result of type ", value.tagKind(), " is not supported");
  }
}

// A node of the autograd graph whose gradient is computed by managed code.
struct ManagedNode final : torch::autograd::Node {
  using Backward = int (*)(void* context, void** gradients, int32_t n, void** results, int32_t n_results, char** error);
  using Free = void (*)(void* context);

  ManagedNode(Backward backward, Free release, Free free, void* context)
      : backward_(backward), release_(release), free_(free), context_(context) {}
  ~ManagedNode() override { free_(context_); }

  std::string name() const override { return "ManagedNode"; }
  void release_variables() override { release_(context_); }

  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    std::vector<void*> in(gradients.size()), out(num_outputs(), nullptr);
    for (size_t k = 0; k < in.size(); k++) in[k] = release(gradients[k]);
    char* error = nullptr;
    int failed = backward_(context_, in.data(), static_cast<int32_t>(in.size()), out.data(),
                           static_cast<int32_t>(out.size()), &error);
    torch::autograd::variable_list results(out.size());
    for (size_t k = 0; k < out.size(); k++)
      if (out[k]) results[k] = at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<Handle>(out[k])));
    if (failed) {
      std::string text = error ? error : "backward failed";
      std::free(error);
      throw std::runtime_error(text);
    }
    return results;
  }

 private:
  Backward backward_;
  Free release_;
  Free free_;
  void* context_;
};

std::vector<at::Tensor> borrow_all(void** handles, int32_t n) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(n);
  for (int32_t k = 0; k < n; k++) tensors.push_back(borrow(handles[k]));
  return tensors;
}

}  // namespace

AB_API void ab_text_free(char* text) { std::free(text); }

// ---- operators --------------------------------------------------------------------------------------------------

AB_API int ab_find_operator(const char* name, const char* overload, void** handle, char** error) {
  return guarded(error, [&] {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "this libtorch has no operator ", name, ".", overload);
    *handle = new c10::OperatorHandle(*found);
  });
}

AB_API char* ab_operator_schema(void* op) {
  std::string text = c10::toString(static_cast<c10::OperatorHandle*>(op)->schema());
  return copy_text(text.data(), text.size());
}

AB_API int ab_call(void* op, const ab_value* arguments, int32_t n, ab_value* results, int32_t capacity,
                   int32_t* n_results, char** error) {
  return guarded(error, [&] {
    auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const auto& schema_arguments = handle.schema().arguments();
    TORCH_CHECK(n <= static_cast<int32_t>(schema_arguments.size()), n, " arguments given, at most ",
                schema_arguments.size(), " expected");
    torch::jit::Stack stack;
    stack.reserve(std::max<size_t>(schema_arguments.size(), 4));
    for (size_t k = 0; k < schema_arguments.size(); k++) {
      static const ab_value absent{AB_DEFAULT, 0, {0}};
      stack.push_back(to_ivalue(k < static_cast<size_t>(n) ? arguments[k] : absent, schema_arguments[k]));
    }
    handle.callBoxed(stack);
    int32_t count = 0;
    if (capacity > 0)
      for (auto& value : stack) from_ivalue(std::move(value), results, capacity, count);
    *n_results = count;
  });
}

// ---- tensors ----------------------------------------------------------------------------------------------------

AB_API void ab_tensor_free(void* handle) {
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<Handle>(handle));
}

// A second handle on the same tensor.
AB_API void* ab_tensor_alias(void* handle) { return release(borrow(handle)); }

AB_API int ab_tensor_info_get(void* handle, ab_tensor_info* info, char** error) {
  return guarded(error, [&] {
    at::Tensor t = borrow(handle);
    bool strided = t.layout() == c10::kStrided;
    info->ndim = t.dim();
    info->numel = t.numel();
    info->storage_offset = strided ? t.storage_offset() : 0;
    info->element_size = static_cast<int64_t>(t.element_size());
    info->dtype = static_cast<int32_t>(t.scalar_type());
    info->device_type = static_cast<int32_t>(t.device().type());
    info->device_index = t.device().index();
    info->sizes = t.sizes().data();
    info->strides = strided ? t.strides().data() : nullptr;
    info->flags = (t.requires_grad() ? AB_REQUIRES_GRAD : 0) | (t.is_leaf() ? AB_IS_LEAF : 0) |
                  (strided && t.is_contiguous() ? AB_IS_CONTIGUOUS : 0) | (strided ? 0 : AB_IS_SPARSE);
  });
}

AB_API int ab_tensor_data(void* handle, void** data, char** error) {
  return guarded(error, [&] { *data = borrow(handle).data_ptr(); });
}

AB_API int ab_tensor_set_requires_grad(void* handle, int32_t value, char** error) {
  return guarded(error, [&] { borrow(handle).set_requires_grad(value != 0); });
}

AB_API int ab_tensor_grad(void* handle, void** grad, char** error) {
  return guarded(error, [&] { *grad = release(borrow(handle).grad()); });
}

AB_API int ab_tensor_set_grad(void* handle, void* grad, char** error) {
  return guarded(error, [&] {
    at::Tensor t = borrow(handle);
    t.mutable_grad() = borrow(grad);
  });
}

// Wraps memory owned by the caller; free(context) is called when libtorch lets go of it.
AB_API int ab_tensor_from_memory(void* data, const int64_t* sizes, int32_t ndim, int32_t dtype, void (*free)(void*),
                                 void* context, void** handle, char** error) {
  return guarded(error, [&] {
    auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
    *handle = release(at::from_blob(data, c10::IntArrayRef(sizes, ndim), [free, context](void*) { free(context); }, options));
  });
}

// ---- autograd ---------------------------------------------------------------------------------------------------

AB_API int ab_backward(void** tensors, int32_t n, void** gradients, int32_t n_gradients, int32_t retain_graph,
                       int32_t create_graph, void** inputs, int32_t n_inputs, char** error) {
  return guarded(error, [&] {
    Optional<bool> retain = retain_graph < 0 ? Optional<bool>() : Optional<bool>(retain_graph != 0);
    torch::autograd::backward(borrow_all(tensors, n), borrow_all(gradients, n_gradients), retain, create_graph != 0,
                              borrow_all(inputs, n_inputs));
  });
}

// results: one handle an input, null where unused and allowed.
AB_API int ab_grad(void** outputs, int32_t n, void** inputs, int32_t n_inputs, void** gradients, int32_t n_gradients,
                   int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results, char** error) {
  return guarded(error, [&] {
    Optional<bool> retain = retain_graph < 0 ? Optional<bool>() : Optional<bool>(retain_graph != 0);
    auto found = torch::autograd::grad(borrow_all(outputs, n), borrow_all(inputs, n_inputs),
                                       borrow_all(gradients, n_gradients), retain, create_graph != 0, allow_unused != 0);
    for (size_t k = 0; k < found.size(); k++) results[k] = release(found[k]);
  });
}

// Makes outputs depend on inputs through managed code. Outputs must be fresh tensors without history.
AB_API int ab_attach_node(void** inputs, int32_t n_inputs, void** outputs, int32_t n_outputs,
                          ManagedNode::Backward backward, ManagedNode::Free release, ManagedNode::Free free,
                          void* context, char** error) {
  return guarded(error, [&] {
    auto ins = borrow_all(inputs, n_inputs);
    std::shared_ptr<ManagedNode> node(new ManagedNode(backward, release, free, context), torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(ins));
    for (int32_t k = 0; k < n_outputs; k++) {
      at::Tensor output = borrow(outputs[k]);
      torch::autograd::set_history(output, node);
    }
  });
}

AB_API int32_t ab_grad_enabled() { return at::GradMode::is_enabled(); }
AB_API void ab_set_grad_enabled(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }
AB_API int32_t ab_inference_enabled() { return c10::InferenceMode::is_enabled(); }
AB_API void* ab_inference_enter(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
AB_API void ab_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- generators, threads, devices -------------------------------------------------------------------------------

AB_API int ab_generator_new(int64_t packed_device, uint64_t seed, void** handle, char** error) {
  return guarded(error, [&] {
    auto device = device_of(packed_device);
    at::Generator generator = device.is_cpu()
        ? at::make_generator<at::CPUGeneratorImpl>(seed)
        : at::globalContext().defaultGenerator(device).clone();
    if (!device.is_cpu()) generator.set_current_seed(seed);
    *handle = new at::Generator(generator);
  });
}

AB_API int ab_generator_default(int64_t packed_device, void** handle, char** error) {
  return guarded(error, [&] { *handle = new at::Generator(at::globalContext().defaultGenerator(device_of(packed_device))); });
}

AB_API void ab_generator_free(void* handle) { delete static_cast<at::Generator*>(handle); }

AB_API int ab_generator_seed(void* handle, uint64_t seed, char** error) {
  return guarded(error, [&] {
    auto& generator = *static_cast<at::Generator*>(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
  });
}

AB_API uint64_t ab_generator_initial_seed(void* handle) { return static_cast<at::Generator*>(handle)->current_seed(); }

AB_API int ab_generator_state(void* handle, void** state, char** error) {
  return guarded(error, [&] { *state = release(static_cast<at::Generator*>(handle)->get_state()); });
}

AB_API int ab_generator_set_state(void* handle, void* state, char** error) {
  return guarded(error, [&] { static_cast<at::Generator*>(handle)->set_state(borrow(state)); });
}

AB_API void ab_manual_seed(uint64_t seed) { at::manual_seed(seed); }
AB_API int32_t ab_get_num_threads() { return at::get_num_threads(); }
AB_API int ab_set_num_threads(int32_t n, char** error) { return guarded(error, [&] { at::set_num_threads(n); }); }
AB_API int32_t ab_get_num_interop_threads() { return at::get_num_interop_threads(); }
AB_API int ab_set_num_interop_threads(int32_t n, char** error) { return guarded(error, [&] { at::set_num_interop_threads(n); }); }
AB_API int32_t ab_cuda_device_count() { return static_cast<int32_t>(torch::cuda::device_count()); }
AB_API int32_t ab_has_cudnn() { return torch::cuda::cudnn_is_available(); }
AB_API int32_t ab_allow_tf32(int32_t which) { return which ? at::globalContext().allowTF32CuDNN() : at::globalContext().allowTF32CuBLAS(); }
AB_API void ab_set_allow_tf32(int32_t which, int32_t allow) {
  if (which) at::globalContext().setAllowTF32CuDNN(allow != 0);
  else at::globalContext().setAllowTF32CuBLAS(allow != 0);
}

AB_API char* ab_show_config() {
  std::string text = at::show_config() + at::get_parallel_info();
  return copy_text(text.data(), text.size());
}
