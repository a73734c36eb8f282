namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult>
            : HookableModule<
                Func<Module<T, TResult>, T, T>,
                Func<Module<T, TResult>, T, TResult, TResult>>,
            IModule<T, TResult>
        {
            /// <summary>Makes a module in training mode, without components.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Maps the input to the result. Callers use <see cref="call"/>, which runs the hooks.</summary>
            public abstract TResult forward(T input);

            /// <summary>Runs <see cref="forward"/> between the hooks.</summary>
            public TResult call(T input) =>
                HasHooks ? CallWithHooks(input) : forward(input);

            private TResult CallWithHooks(T input)
            {
                BeforeForward();
                foreach (var hook in _preHooks.ToArray())
                {
                    input = hook(this, input) ?? input;
                }
                TResult result = forward(input);
                foreach (var hook in _postHooks.ToArray())
                {
                    result = hook(this, input, result) ?? result;
                }
                AfterForward();
                return result;
            }
        }
    }
}
