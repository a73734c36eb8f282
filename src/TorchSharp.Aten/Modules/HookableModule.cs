namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module that calls functions of the user before and after its own forward function.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private protected readonly List<TPreHook> _preHooks = [];
            private protected readonly List<TPostHook> _postHooks = [];
            private protected readonly List<Action<Module>> _modulePreHooks = [];
            private protected readonly List<Action<Module>> _modulePostHooks = [];

            /// <summary>Makes a module without hooks.</summary>
            protected HookableModule(string name)
                : base(name)
            {
            }

            /// <summary>
            /// Calls a function after each forward; what it returns, unless null, replaces the result.
            /// </summary>
            public HookRemover register_forward_hook(TPostHook hook) => HookRemover.Adding(_postHooks, hook);

            /// <summary>
            /// Calls a function before each forward; what it returns, unless null, replaces the input.
            /// </summary>
            public HookRemover register_forward_pre_hook(TPreHook hook) => HookRemover.Adding(_preHooks, hook);

            /// <summary>Calls a function after each forward.</summary>
            public HookRemover register_forward_hook(Action<Module> hook) => HookRemover.Adding(_modulePostHooks, hook);

            /// <summary>Calls a function before each forward.</summary>
            public HookRemover register_forward_pre_hook(Action<Module> hook) =>
                HookRemover.Adding(_modulePreHooks, hook);

            private protected void BeforeForward() => _modulePreHooks.ForEach(hook => hook(this));

            private protected void AfterForward() => _modulePostHooks.ForEach(hook => hook(this));

            private protected bool HasHooks =>
                _preHooks.Count + _postHooks.Count + _modulePreHooks.Count + _modulePostHooks.Count > 0;

            /// <summary>Takes one hook away again.</summary>
            public class HookRemover
            {
                private Action? _remove;

                private HookRemover(Action remove) => _remove = remove;

                internal static HookRemover Adding<T>(List<T> hooks, T hook)
                {
                    ArgumentNullException.ThrowIfNull(hook);
                    hooks.Add(hook);
                    return new HookRemover(() => hooks.Remove(hook));
                }

                /// <summary>Takes the hook away; a second call does nothing.</summary>
                public void remove() => Interlocked.Exchange(ref _remove, null)?.Invoke();
            }
        }
    }
}
