namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// The betas of a config, float32 [T]. Each is computed in the precision diffusers 0.27.2 computes it in, so that
/// the tables agree to the last places. T is the number of training timesteps.
/// </summary>
internal static class BetaTables
{
    /// <summary>The cosine schedule's cap, Nichol and Dhariwal 2021, section 3.2.</summary>
    private const double CosineCap = 0.999;

    public static float[] Create(SchedulerConfig config)
    {
        float[] betas = config.TrainedBetas is { } given
            ? [.. given.Select(beta => (float)beta)]
            : FromSchedule(config);
        return config.RescaleBetasZeroSnr ? RescaleToZeroTerminalSnr(betas) : betas;
    }

    private static float[] FromSchedule(SchedulerConfig config)
    {
        int steps = config.NumTrainTimesteps;
        double start = config.BetaStart, end = config.BetaEnd;
        return config.BetaSchedule switch
        {
            BetaSchedule.Linear => Linspace(start, end, steps),
            BetaSchedule.ScaledLinear => Map(Linspace(Math.Sqrt(start), Math.Sqrt(end), steps), root => root * root),
            BetaSchedule.SquaredCosCapV2 => Cosine(steps),
            BetaSchedule.Sigmoid => Map(
                Linspace(-6, 6, steps), x => 1f / (1f + MathF.Exp(-x)) * (float)(end - start) + (float)start),
            BetaSchedule.Constant => Map(new float[steps], _ => (float)end),
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.BetaSchedule, "Unknown beta schedule."),
        };
    }

    /// <summary>
    /// Nichol and Dhariwal 2021 (arXiv:2102.09672), eq. 17: alpha_bar(u) = cos^2((u + 0.008) / 1.008 * pi / 2).
    /// </summary>
    private static float[] Cosine(int steps)
    {
        var betas = new float[steps];
        for (int t = 0; t < steps; t++)
        {
            double ratio = AlphaBar((t + 1) / (double)steps) / AlphaBar(t / (double)steps);
            betas[t] = (float)Math.Min(1 - ratio, CosineCap);
        }
        return betas;

        static double AlphaBar(double u)
        {
            double cosine = Math.Cos((u + 0.008) / 1.008 * Math.PI / 2);
            return cosine * cosine;
        }
    }

    /// <summary>
    /// Evenly spaced float32 values as torch.linspace makes them on a CPU, bit for bit: counted from both ends in
    /// blocks of eight, whose first value alone is rounded once. A rescaled schedule shows every one of those bits.
    /// </summary>
    private static float[] Linspace(double start, double end, int steps)
    {
        const int block = 8;
        float first = (float)start, last = (float)end;
        var values = new float[steps];
        float step = steps > 1 ? (last - first) / (steps - 1) : 0f;
        int inBlocks = steps - steps % (2 * block);    // blocks go in pairs; what is left goes one by one
        for (int i = 0; i < steps; i++)
        {
            int lane = i < inBlocks ? i % block : 0;
            int head = i - lane;
            float value = head < steps / 2 || steps == 1
                ? MathF.FusedMultiplyAdd(step, head, first)
                : MathF.FusedMultiplyAdd(-step, steps - 1 - head, last);
            values[i] = lane == 0 ? value : value + step * lane;
        }
        return values;
    }

    /// <summary>
    /// Lin et al. 2023 (arXiv:2305.08891), algorithm 1: shifts and scales sqrt(alpha_bar) so that the last is 0 and the
    /// first stays. All in float32; the last beta becomes exactly 1.
    /// </summary>
    private static float[] RescaleToZeroTerminalSnr(float[] betas)
    {
        float[] roots = Map(CumulativeProduct(Map(betas, beta => 1f - beta)), MathF.Sqrt);
        float first = roots[0], last = roots[^1];
        float scale = first / (first - last);
        float[] alphaBars = Map(roots, root => (root - last) * scale * ((root - last) * scale));
        var rescaled = new float[betas.Length];
        rescaled[0] = 1f - alphaBars[0];
        for (int t = 1; t < betas.Length; t++)
        {
            rescaled[t] = 1f - alphaBars[t] / alphaBars[t - 1];
        }
        return rescaled;
    }

    /// <summary>Running product, accumulated in double and stored as float32, as torch.cumprod does on a CPU.</summary>
    public static float[] CumulativeProduct(float[] values)
    {
        double product = 1;
        return Map(values, value => (float)(product *= value));
    }

    private static float[] Map(float[] values, Func<float, float> function) =>
        Array.ConvertAll(values, value => function(value));
}
