using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Parameters with their dotted names, this module's own first; a shared one appears once.
            /// </summary>
            /// <param name="recurse">Whether those of submodules are included.</param>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
                foreach ((string own, Parameter parameter) in _parametersByName)
                {
                    if (seen.Add(parameter))
                    {
                        yield return (own, parameter);
                    }
                }
                if (!recurse)
                {
                    yield break;
                }
                foreach ((string child, Module submodule) in _submodulesByName)
                {
                    foreach ((string below, Parameter parameter) in submodule.named_parameters())
                    {
                        if (seen.Add(parameter))
                        {
                            yield return ($"{child}.{below}", parameter);
                        }
                    }
                }
            }

            /// <summary>Parameters, in the order of <see cref="named_parameters"/>.</summary>
            /// <param name="recurse">Whether those of submodules are included.</param>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(named => named.parameter);

            /// <summary>Buffers with their dotted names, this module's own first; a shared one appears once.</summary>
            /// <param name="recurse">Whether those of submodules are included.</param>
            /// <param name="include_nonpersistent">Whether those outside <see cref="state_dict"/> are included.</param>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach ((string own, (Tensor buffer, bool persistent)) in _buffersByName)
                {
                    if ((persistent || include_nonpersistent) && seen.Add(buffer))
                    {
                        yield return (own, buffer);
                    }
                }
                if (!recurse)
                {
                    yield break;
                }
                foreach ((string child, Module submodule) in _submodulesByName)
                {
                    foreach ((string below, Tensor buffer) in submodule.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer))
                        {
                            yield return ($"{child}.{below}", buffer);
                        }
                    }
                }
            }

            /// <summary>Buffers, in the order of <see cref="named_buffers"/>.</summary>
            /// <param name="recurse">Whether those of submodules are included.</param>
            /// <param name="include_nonpersistent">Whether those outside <see cref="state_dict"/> are included.</param>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            /// <summary>Immediate submodules with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() =>
                _submodulesByName.Select(child => (child.Key, child.Value));

            /// <summary>Immediate submodules.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            /// <summary>All modules below this one, with their dotted names, each before what is below it.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module submodule) in named_children())
                {
                    yield return (child, submodule);
                    foreach ((string below, Module module) in submodule.named_modules())
                    {
                        yield return ($"{child}.{below}", module);
                    }
                }
            }

            /// <summary>All modules below this one, each before what is below it.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            /// <summary>The parameter of a dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                Owner(target, out string own)?._parametersByName.GetValueOrDefault(own);

            /// <summary>Whether there is a parameter of that dotted name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>The buffer of a dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                Owner(target, out string own)?._buffersByName.GetValueOrDefault(own).Buffer;

            /// <summary>Whether there is a buffer of that dotted name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            // The module that a dotted name leads to, and the last part of the name.
            private Module? Owner(string target, out string own)
            {
                ArgumentNullException.ThrowIfNull(target);
                string[] path = target.Split('.');
                own = path[^1];
                Module? owner = this;
                foreach (string step in path[..^1])
                {
                    owner = owner?._submodulesByName.GetValueOrDefault(step);
                }
                return owner;
            }
        }
    }
}
