namespace Diffusion.Sdk.Files;

/// <summary>
/// A safetensors file that breaks the format's rules; the message names the file, the tensor and the numbers.
/// </summary>
public sealed class SafetensorsException : IOException
{
    /// <summary>Makes the exception with a general message.</summary>
    public SafetensorsException()
        : this("The safetensors file is not valid.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong, where.</param>
    public SafetensorsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">What is wrong, where.</param>
    /// <param name="innerException">The cause.</param>
    public SafetensorsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
