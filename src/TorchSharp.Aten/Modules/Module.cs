using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// The base of all neural network modules: a tree of named submodules, parameters and buffers.
        /// A module owns what is registered with it: <see cref="Dispose()"/> frees it, dispose scopes do not.
        /// </summary>
        public partial class Module : IDisposable
        {
            private readonly OrderedDictionary<string, Parameter> _parametersByName = [];
            private readonly OrderedDictionary<string, (Tensor Buffer, bool Persistent)> _buffersByName = [];
            private readonly OrderedDictionary<string, Module> _submodulesByName = [];

            /// <summary>The module's name, usually that of its class.</summary>
            protected readonly string name;

            private bool _disposed;

            /// <summary>Makes a module in training mode, without components.</summary>
            protected Module(string name) => this.name = name;

            /// <summary>Whether the module is in training mode.</summary>
            /// <value>true</value>
            public bool training { get; private set; } = true;

            /// <summary>The module's name.</summary>
            public virtual string GetName() => name;

            /// <summary>
            /// Registers the module's fields: modules, parameters and other tensors (as buffers), each under its
            /// field's name or the one its <see cref="ComponentNameAttribute"/> gives. Called at the end of a
            /// constructor.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
                foreach (FieldInfo field in GetType().GetFields(Instance))
                {
                    string component = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    switch (field.GetValue(this))
                    {
                        case Module module when !_submodulesByName.ContainsKey(component):
                            register_module(component, module);
                            break;
                        case Modules.Parameter parameter:
                            if (!_parametersByName.ContainsKey(component))
                            {
                                register_parameter(component, parameter);
                            }
                            break;
                        case Tensor buffer when !_buffersByName.ContainsKey(component):
                            register_buffer(component, buffer);
                            break;
                        default:
                            break;
                    }
                }
            }

            /// <summary>Registers a parameter, which the module owns from now on.</summary>
            /// <param name="name">Name, unique in this module and without dots.</param>
            /// <param name="param">The parameter.</param>
            /// <exception cref="ArgumentException">The name is empty, has a dot or is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                CheckName(name);
                param.DetachFromDisposeScope();
                _parametersByName.Add(name, param);
            }

            /// <summary>
            /// Registers a buffer, a tensor that is state but no parameter, which the module owns from now on.
            /// </summary>
            /// <param name="name">Name, unique in this module and without dots.</param>
            /// <param name="tensor">The buffer.</param>
            /// <param name="persistent">Whether it belongs to <see cref="state_dict"/>.</param>
            /// <exception cref="ArgumentException">The name is empty, has a dot or is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                CheckName(name);
                tensor.DetachFromDisposeScope();
                _buffersByName.Add(name, (tensor, persistent));
            }

            /// <summary>Registers a submodule, which this module owns from now on; null does nothing.</summary>
            /// <param name="name">Name, unique in this module and without dots.</param>
            /// <param name="submodule">The submodule.</param>
            /// <exception cref="ArgumentException">The name is empty, has a dot or is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    return;
                }
                CheckName(name);
                submodule.RegisterComponents();
                _submodulesByName.Add(name, submodule);
            }

            /// <summary>The same as <see cref="register_module"/>.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers a parameter, replaces the one of that name, or, given null, forgets it.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                _parametersByName.Remove(name);
                if (value is not null)
                {
                    register_parameter(name, value);
                }
            }

            /// <summary>Registers a buffer, replaces the one of that name, or, given null, forgets it.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                _buffersByName.Remove(name);
                if (value is not null)
                {
                    register_buffer(name, value, persistent);
                }
            }

            /// <summary>Forgets all submodules without disposing them.</summary>
            protected void ClearModules() => _submodulesByName.Clear();

            /// <summary>Puts the module and all below it into training mode, or out of it.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (Module submodule in _submodulesByName.Values)
                {
                    submodule.train(train);
                }
            }

            /// <summary>Puts the module and all below it into evaluation mode.</summary>
            public virtual void eval() => train(false);

            /// <summary>Clears the gradients of all parameters.</summary>
            /// <param name="set_to_none">Whether gradients are dropped rather than filled with zeros.</param>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (Parameter parameter in parameters())
                {
                    Gradients.Clear(parameter, set_to_none);
                }
            }

            /// <summary>Applies a function to every submodule, deepest first, and then to this module.</summary>
            /// <returns>This module.</returns>
            public virtual Module apply(Action<Module> fn)
            {
                ArgumentNullException.ThrowIfNull(fn);
                foreach (Module submodule in _submodulesByName.Values)
                {
                    submodule.apply(fn);
                }
                fn(this);
                return this;
            }

            /// <summary>Frees parameters, buffers and submodules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees parameters, buffers and submodules.</summary>
            /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed)
                {
                    return;
                }
                _disposed = true;
                foreach (Parameter parameter in _parametersByName.Values)
                {
                    parameter.Dispose();
                }
                foreach ((Tensor buffer, _) in _buffersByName.Values)
                {
                    buffer.Dispose();
                }
                foreach (Module submodule in _submodulesByName.Values)
                {
                    submodule.Dispose();
                }
            }

            private void CheckName(string component)
            {
                ArgumentException.ThrowIfNullOrEmpty(component);
                if (component.Contains('.', StringComparison.Ordinal))
                {
                    throw new ArgumentException(
                        $"The name of a component of {name} must not contain a dot, but is \"{component}\".",
                        nameof(component));
                }
                if (_parametersByName.ContainsKey(component) || _buffersByName.ContainsKey(component)
                    || _submodulesByName.ContainsKey(component))
                {
                    throw new ArgumentException(
                        $"{name} already has a component named \"{component}\".", nameof(component));
                }
            }
        }
    }
}
