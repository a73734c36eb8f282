namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What maps one input to a result.</summary>
        public interface IModule<in T, out TResult>
        {
            /// <summary>Maps the input, hooks included.</summary>
            TResult call(T input1);
        }

        /// <summary>What maps two inputs to a result.</summary>
        public interface IModule<in T1, in T2, out TResult>
        {
            /// <summary>Maps the inputs, hooks included.</summary>
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>What maps three inputs to a result.</summary>
        public interface IModule<in T1, in T2, in T3, out TResult>
        {
            /// <summary>Maps the inputs, hooks included.</summary>
            TResult call(T1 input1, T2 input2, T3 input3);
        }

        /// <summary>What maps four inputs to a result.</summary>
        public interface IModule<in T1, in T2, in T3, in T4, out TResult>
        {
            /// <summary>Maps the inputs, hooks included.</summary>
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
        }
    }
}
