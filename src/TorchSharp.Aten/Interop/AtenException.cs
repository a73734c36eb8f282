using System.Runtime.InteropServices;

namespace TorchSharp.Aten;

/// <summary>
/// An operation that libtorch refused. The message holds the operator's schema, the shapes of the arguments and
/// libtorch's own words.
/// </summary>
public sealed class AtenException : ExternalException
{
    /// <summary>Makes an exception without a message.</summary>
    public AtenException()
    {
    }

    /// <summary>Makes an exception with libtorch's words.</summary>
    public AtenException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a cause.</summary>
    public AtenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal AtenException(string schema, string arguments, string message)
        : base($"{message.TrimEnd()}\n  operator:  {schema}\n  arguments: ({arguments})") =>
        Schema = schema;

    /// <summary>
    /// The schema of the operator that failed, e.g. <c>aten::mm(Tensor self, Tensor mat2) -> Tensor</c>.
    /// </summary>
    public string? Schema { get; }
}
