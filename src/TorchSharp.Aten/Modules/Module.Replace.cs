using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Puts another parameter in a component's place and frees the old one.</summary>
            private protected void ReplaceParameter(string component, ref Parameter? place, Parameter? value)
            {
                if (ReferenceEquals(place, value))
                {
                    return;
                }
                place?.Dispose();
                place = value;
                ConditionallyRegisterParameter(component, value);
            }

            /// <summary>Puts another buffer in a component's place and frees the old one.</summary>
            private protected void ReplaceBuffer(string component, ref Tensor? place, Tensor? value)
            {
                if (ReferenceEquals(place, value))
                {
                    return;
                }
                place?.Dispose();
                place = value;
                ConditionallyRegisterBuffer(component, value);
            }
        }
    }
}
