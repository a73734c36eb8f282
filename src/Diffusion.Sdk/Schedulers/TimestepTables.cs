namespace Diffusion.Sdk.Schedulers;

/// <summary>Descending inference timesteps, picked from the T training timesteps. Lin et al. 2023 (arXiv:2305.08891), table 2.</summary>
internal static class TimestepTables
{
    /// <param name="config">Spacing, T and offset.</param>
    /// <param name="steps">How many inference steps, N in [1, T].</param>
    /// <param name="compatibility">
    /// Corrected: exactly N timesteps in [0, T), strictly descending. Diffusers: trailing may have an extra entry -1,
    /// leading may reach T and beyond.
    /// </param>
    public static long[] Create(SchedulerConfig config, int steps, SchedulerCompatibility compatibility)
    {
        int trained = config.NumTrainTimesteps;
        bool corrected = compatibility == SchedulerCompatibility.Corrected;
        return config.TimestepSpacing switch
        {
            TimestepSpacing.Linspace => Linspace(trained, steps),
            TimestepSpacing.Leading => Leading(trained, steps, config.StepsOffset, corrected),
            TimestepSpacing.Trailing => corrected ? Trailing(trained, steps) : TrailingAsNumpy(trained, steps),
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.TimestepSpacing, "Unknown timestep spacing."),
        };
    }

    /// <summary>Every training timestep, from T - 1 down to 0.</summary>
    public static long[] Training(int trained) => Descending(trained, i => i);

    private static long[] Linspace(int trained, int steps)
    {
        double step = steps > 1 ? (trained - 1) / (double)(steps - 1) : 0;
        return Descending(steps, i => (long)Math.Round(i * step, MidpointRounding.ToEven));
    }

    /// <summary>An offset that would reach past T - 1 is cut down, so that the first timestep is T - 1.</summary>
    private static long[] Leading(int trained, int steps, int offset, bool corrected)
    {
        int ratio = trained / steps;
        int room = trained - 1 - (steps - 1) * ratio;
        int shift = corrected ? Math.Min(offset, room) : offset;
        return Descending(steps, i => (long)i * ratio + shift);
    }

    private static long[] Trailing(int trained, int steps) =>
        Descending(steps, i => (long)Math.Round((i + 1) * (double)trained / steps, MidpointRounding.ToEven) - 1);

    /// <summary>round(numpy.arange(T, 0, -T/N)) - 1, whose length hangs on a rounded division.</summary>
    private static long[] TrailingAsNumpy(int trained, int steps)
    {
        double step = -(trained / (double)steps);
        double stride = trained + step - trained;
        var timesteps = new long[(int)Math.Ceiling(-trained / step)];
        for (int i = 0; i < timesteps.Length; i++)
        {
            timesteps[i] = (long)Math.Round(trained + i * stride, MidpointRounding.ToEven) - 1;
        }
        return timesteps;
    }

    private static long[] Descending(int count, Func<int, long> ascending)
    {
        var timesteps = new long[count];
        for (int i = 0; i < count; i++)
        {
            timesteps[count - 1 - i] = ascending(i);
        }
        return timesteps;
    }
}
