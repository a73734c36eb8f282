namespace Diffusion.Sdk.Denoisers;

/// <summary>How long the same work takes in each precision.</summary>
/// <param name="Full">In float32.</param>
/// <param name="BFloat16">In bfloat16.</param>
internal readonly record struct PrecisionTimes(TimeSpan Full, TimeSpan BFloat16)
{
    private const int Rounds = 3;

    // A gain that a busy machine may feign is not worth the digits.
    private const double LeastGain = 1.15;

    /// <summary>The precision to take.</summary>
    public Precision Choice => Full >= BFloat16 * LeastGain ? Precision.BFloat16 : Precision.Full;

    /// <summary>Does the work in turn in each precision, once to warm up, and takes the shortest times.</summary>
    /// <param name="full">The work in float32.</param>
    /// <param name="bfloat16">The same in bfloat16.</param>
    /// <param name="clock">What measures.</param>
    public static PrecisionTimes Measure(Action full, Action bfloat16, TimeProvider clock)
    {
        full();
        bfloat16();
        var best = new PrecisionTimes(TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            best = new PrecisionTimes(Shorter(best.Full, full, clock), Shorter(best.BFloat16, bfloat16, clock));
        }
        return best;
    }

    private static TimeSpan Shorter(TimeSpan best, Action work, TimeProvider clock)
    {
        long began = clock.GetTimestamp();
        work();
        TimeSpan took = clock.GetElapsedTime(began);
        return took < best ? took : best;
    }
}
