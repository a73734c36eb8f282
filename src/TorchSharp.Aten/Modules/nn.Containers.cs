using M = TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>An empty chain of modules.</summary>
        public static M.Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());

        /// <summary>Modules one after the other, named "0", "1", ...; the chain owns them from now on.</summary>
        public static M.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);

        /// <summary>Named modules one after the other; the chain owns them from now on.</summary>
        public static M.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
            new(modules);

        /// <summary>Modules one after the other, named "0", "1", ...; the chain owns them from now on.</summary>
        public static M.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new([.. modules]);

        /// <summary>Named modules one after the other; the chain owns them from now on.</summary>
        public static M.Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) =>
            new([.. modules]);

        /// <summary>A list of submodules, which it owns from now on.</summary>
        public static M.ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);

        /// <summary>A list of submodules, which it owns from now on.</summary>
        public static M.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
    }
}
