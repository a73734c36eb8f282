namespace Diffusion.Sdk.Imaging;

/// <summary>The drawing library is missing, or refused a call; the message says which and why.</summary>
public sealed class ImagingException : Exception
{
    /// <summary>Makes the exception with an empty message.</summary>
    public ImagingException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    public ImagingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public ImagingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
