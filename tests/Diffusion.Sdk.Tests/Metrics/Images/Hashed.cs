namespace Diffusion.Sdk.Tests.Metrics;

/// <summary>Numbers by a rule that the recording scripts know too.</summary>
internal static class Hashed
{
    /// <summary>Uniform numbers in [-1, 1): a hash of place and salt (murmur3's finalizer).</summary>
    public static double At(int place, long salt)
    {
        uint h = unchecked((uint)(place + salt * 0x9E3779B9L));
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        h ^= h >> 16;
        return h / 2147483648.0 - 1;
    }
}
