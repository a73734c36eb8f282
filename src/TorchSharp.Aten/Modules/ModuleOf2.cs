namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module of two inputs.</summary>
        public abstract class Module<T1, T2, TResult>
            : HookableModule<
                Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>,
                Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>,
            IModule<T1, T2, TResult>
        {
            /// <summary>Makes a module in training mode, without components.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Maps the inputs to the result. Callers use <see cref="call"/>, which runs the hooks.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs <see cref="forward"/> between the hooks.</summary>
            public TResult call(T1 input1, T2 input2) =>
                HasHooks ? CallWithHooks(input1, input2) : forward(input1, input2);

            private TResult CallWithHooks(T1 input1, T2 input2)
            {
                BeforeForward();
                foreach (var hook in _preHooks.ToArray())
                {
                    (input1, input2) =
                        hook(this, input1, input2) ?? (input1, input2);
                }
                TResult result = forward(input1, input2);
                foreach (var hook in _postHooks.ToArray())
                {
                    result = hook(this, input1, input2, result) ?? result;
                }
                AfterForward();
                return result;
            }
        }
    }
}
