namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module of three inputs.</summary>
        public abstract class Module<T1, T2, T3, TResult>
            : HookableModule<
                Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>,
                Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>,
            IModule<T1, T2, T3, TResult>
        {
            /// <summary>Makes a module in training mode, without components.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Maps the inputs to the result. Callers use <see cref="call"/>, which runs the hooks.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Runs <see cref="forward"/> between the hooks.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3) =>
                HasHooks ? CallWithHooks(input1, input2, input3) : forward(input1, input2, input3);

            private TResult CallWithHooks(T1 input1, T2 input2, T3 input3)
            {
                BeforeForward();
                foreach (var hook in _preHooks.ToArray())
                {
                    (input1, input2, input3) =
                        hook(this, input1, input2, input3) ?? (input1, input2, input3);
                }
                TResult result = forward(input1, input2, input3);
                foreach (var hook in _postHooks.ToArray())
                {
                    result = hook(this, input1, input2, input3, result) ?? result;
                }
                AfterForward();
                return result;
            }
        }
    }
}
