using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private static readonly Operator s_setData = Operator.Find("aten::set_data");

            /// <summary>Parameters and persistent buffers by dotted name: the tensors themselves, not copies.</summary>
            /// <param name="destination">Where to add them; null makes a new dictionary.</param>
            /// <param name="prefix">What stands, with a dot, before each name.</param>
            public virtual Dictionary<string, Tensor> state_dict(
                Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string lead = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach ((string own, Parameter parameter) in _parametersByName)
                {
                    destination.TryAdd(lead + own, parameter);
                }
                foreach ((string own, (Tensor buffer, bool persistent)) in _buffersByName)
                {
                    if (persistent)
                    {
                        destination.TryAdd(lead + own, buffer);
                    }
                }
                foreach ((string child, Module submodule) in _submodulesByName)
                {
                    submodule.state_dict(destination, lead + child);
                }
                return destination;
            }

            /// <summary>Copies values into parameters and buffers of the same dotted names.</summary>
            /// <param name="source">
            /// Values by dotted name; devices and element types may differ from the module's.
            /// </param>
            /// <param name="strict">Whether the names must be the same on both sides.</param>
            /// <param name="skip">Names left alone.</param>
            /// <returns>Names that only the module has, and names that only <paramref name="source"/> has.</returns>
            /// <exception cref="InvalidOperationException">
            /// The names differ under <paramref name="strict"/>, or a shape differs. Nothing was copied then.
            /// </exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                ArgumentNullException.ThrowIfNull(source);
                Dictionary<string, Tensor> own = state_dict();
                List<string> missing = [.. own.Keys.Except(source.Keys).Except(skip ?? [])];
                List<string> unexpected = [.. source.Keys.Except(own.Keys).Except(skip ?? [])];
                List<string> shared = [.. own.Keys.Intersect(source.Keys).Except(skip ?? [])];
                List<string> problems = [..
                    from key in shared
                    let mine = Shape(own[key])
                    let given = Shape(source[key])
                    where mine != given
                    select $"{key} has shape {mine} in the module and {given} in the source"];
                if (strict)
                {
                    problems.AddRange(missing.Select(key => $"{key} is missing in the source"));
                    problems.AddRange(unexpected.Select(key => $"{key} is unknown to the module"));
                }
                if (problems.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"The state does not fit {GetName()}: {string.Join("; ", problems)}.");
                }
                using (no_grad())
                {
                    foreach (string key in shared)
                    {
                        own[key].copy_(source[key]);
                    }
                }
                return (missing, unexpected);
            }

            /// <summary>Moves the module to a device and an element type; integer tensors keep their type.</summary>
            /// <returns>This module.</returns>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckFloating(dtype);
                _toEpilog(dtype, device, non_blocking);
                return this;
            }

            /// <summary>Moves the module to a device.</summary>
            /// <returns>This module.</returns>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);
                return this;
            }

            /// <summary>Converts floating-point parameters and buffers to an element type.</summary>
            /// <returns>This module.</returns>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckFloating(dtype);
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            /// <summary>
            /// Moves this module's own tensors and then its submodules. The tensor objects stay the same.
            /// </summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (Parameter parameter in _parametersByName.Values)
                {
                    Move(parameter, dtype, device, non_blocking);
                }
                foreach ((Tensor buffer, _) in _buffersByName.Values)
                {
                    Move(buffer, dtype, device, non_blocking);
                }
                foreach (Module submodule in _submodulesByName.Values)
                {
                    submodule._toEpilog(dtype, device, non_blocking);
                }
            }

            private static void Move(Tensor tensor, ScalarType? dtype, Device? device, bool nonBlocking)
            {
                ScalarType type = dtype is ScalarType asked && tensor.is_floating_point() ? asked : tensor.dtype;
                Device place = device ?? tensor.device;
                bool isThere = tensor.device_type == place.type
                    && (place.type == DeviceType.CPU || place.index < 0 || tensor.device_index == place.index);
                if (tensor.dtype == type && isThere)
                {
                    return;
                }
                using IDisposable guard = no_grad();
                using Tensor? gradient = tensor.grad;
                tensor.grad = null; // a gradient must have its tensor's type and device at every moment
                using (Tensor moved = tensor.to(type, place, non_blocking: nonBlocking))
                {
                    s_setData.CallInPlace(tensor, tensor, moved);
                }
                if (gradient is not null)
                {
                    using Tensor moved = gradient.to(type, place, non_blocking: nonBlocking);
                    tensor.grad = moved;
                }
            }

            private static void CheckFloating(ScalarType dtype)
            {
                if (!is_floating_point(dtype))
                {
                    throw new ArgumentException(
                        $"A module can be converted to a floating-point type only, not to {dtype}.", nameof(dtype));
                }
            }

            private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
        }
    }
}
