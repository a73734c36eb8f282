using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on many parameters at once.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients down so that their joint norm is at most a bound.</summary>
            /// <param name="tensors">Parameters; those without a gradient do not count.</param>
            /// <param name="max_norm">The bound.</param>
            /// <param name="norm_type">Order of the norm; infinity is the largest absolute value.</param>
            /// <returns>The joint norm before scaling.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using IDisposable guard = no_grad();
                using DisposeScope scope = NewDisposeScope();
                List<Tensor> gradients = GradientsOf(tensors);
                if (gradients.Count == 0)
                {
                    return 0;
                }
                Tensor norms = stack(gradients.Select(gradient => gradient.norm((float)norm_type)).ToList());
                double total = norms.norm((float)norm_type).to(ScalarType.Float64).item<double>();
                // As in PyTorch: the small number keeps a zero norm from dividing, NaN scales everything to NaN.
                double factor = max_norm / (total + 1e-6);
                if (!(factor >= 1))
                {
                    gradients.ForEach(gradient => gradient.mul_(factor));
                }
                return total;
            }

            /// <summary>Cuts all elements of all gradients to [-clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using IDisposable guard = no_grad();
                using DisposeScope scope = NewDisposeScope();
                GradientsOf(tensors).ForEach(gradient => gradient.clamp_(-clip_value, clip_value));
            }

            /// <summary>All parameters in one vector, in order.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using DisposeScope scope = NewDisposeScope();
                return scope.MoveToOuter(cat(tensors.Select(parameter => parameter.reshape(-1)).ToList()));
            }

            /// <summary>Copies the parts of one vector into all parameters, in order.</summary>
            /// <exception cref="ArgumentException">
            /// The vector has not as many elements as the parameters together.
            /// </exception>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                ArgumentNullException.ThrowIfNull(vec);
                List<Parameter> parameters = [.. tensors];
                long total = parameters.Sum(parameter => parameter.NumberOfElements);
                if (vec.ndim != 1 || vec.NumberOfElements != total)
                {
                    throw new ArgumentException(
                        $"The parameters have {total} elements, the vector [{string.Join(", ", vec.shape)}].",
                        nameof(vec));
                }
                using IDisposable guard = no_grad();
                using DisposeScope scope = NewDisposeScope();
                long start = 0;
                foreach (Parameter parameter in parameters)
                {
                    long length = parameter.NumberOfElements;
                    parameter.copy_(vec.narrow(0, start, length).view_as(parameter));
                    start += length;
                }
            }

            private static List<Tensor> GradientsOf(IEnumerable<Parameter> tensors)
            {
                ArgumentNullException.ThrowIfNull(tensors);
                return [.. tensors.Select(parameter => parameter.grad).OfType<Tensor>()];
            }
        }
    }
}
