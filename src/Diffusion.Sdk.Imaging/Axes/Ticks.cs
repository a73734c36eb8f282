using System.Globalization;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>A mark on an axis.</summary>
internal readonly record struct Tick(double Value, string Label);

/// <summary>Chooses round numbers along an axis: 1, 2 or 5 times a power of ten apart.</summary>
internal static class Ticks
{
    /// <summary>Up to this ratio of its ends a logarithmic axis reads best with evenly spaced numbers.</summary>
    private const double ShortLogAxis = 8;

    /// <summary>Leading digits of logarithmic ticks, from sparse to dense.</summary>
    private static readonly double[][] s_logDigits = [[1], [1, 3], [1, 2, 5]];

    /// <summary>About <paramref name="count"/> ticks inside the axis, and at least two.</summary>
    internal static Tick[] Choose(Axis axis, int count)
    {
        if (axis.IsLog && axis.Max / axis.Min > ShortLogAxis)
        {
            return ChooseLog(axis, count);
        }
        Tick[] ticks = ChooseLinear(axis, count);
        while (ticks.Length < 2)
        {
            ticks = ChooseLinear(axis, ++count);
        }
        return ticks;
    }

    private static Tick[] ChooseLinear(Axis axis, int count)
    {
        double step = RoundStep((axis.Max - axis.Min) / count);
        // A hair of slack keeps a tick that rounding pushed out of the axis.
        long first = (long)Math.Ceiling(axis.Min / step - 1e-9);
        long last = (long)Math.Floor(axis.Max / step + 1e-9);
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        double largest = Math.Max(Math.Abs(axis.Min), Math.Abs(axis.Max));
        var ticks = new Tick[last - first + 1];
        for (long i = first; i <= last; i++)
        {
            double value = i * step;
            ticks[i - first] = new Tick(value, Label(value, step, decimals, largest));
        }
        return ticks;
    }

    /// <summary>The one of 1, 2, 5 times a power of ten that is nearest by ratio.</summary>
    private static double RoundStep(double wanted)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        double digit = wanted / power;
        return power * (digit < Math.Sqrt(2) ? 1 : digit < Math.Sqrt(10) ? 2 : digit < Math.Sqrt(50) ? 5 : 10);
    }

    private static string Label(double value, double step, int decimals, double largest)
    {
        if (largest >= 1e6 || decimals > 5)
        {
            // All labels of an axis show the digits that tell them apart.
            int exponent = (int)Math.Floor(Math.Log10(largest));
            int digits = Math.Max(0, exponent - (int)Math.Floor(Math.Log10(step) + 1e-9));
            return value == 0 ? "0" : value.ToString($"0.{new string('0', digits)}e0", CultureInfo.InvariantCulture);
        }
        string text = value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return text.StartsWith('-') ? '\u2212' + text[1..] : text;
    }

    private static Tick[] ChooseLog(Axis axis, int count)
    {
        Tick[] best = [.. LogTicks(axis, s_logDigits[0], every: 1)];
        for (int every = best.Length / count + 1; best.Length > count && every > 1; every--)
        {
            // Even the powers of ten are too many: every second, third ... of them.
            Tick[] fewer = [.. LogTicks(axis, s_logDigits[0], every)];
            best = fewer.Length >= 2 ? fewer : best;
        }
        foreach (double[] digits in s_logDigits[1..])
        {
            Tick[] more = [.. LogTicks(axis, digits, every: 1)];
            best = best.Length < 2 || more.Length <= count ? more : best;
        }
        return best;
    }

    private static IEnumerable<Tick> LogTicks(Axis axis, double[] digits, int every)
    {
        int last = (int)Math.Floor(Math.Log10(axis.Max) + 1e-9);
        for (int exponent = (int)Math.Floor(Math.Log10(axis.Min)); exponent <= last; exponent++)
        {
            foreach (double digit in digits)
            {
                double value = digit * Math.Pow(10, exponent);
                if (value >= axis.Min * (1 - 1e-9) && value <= axis.Max * (1 + 1e-9) && exponent % every == 0)
                {
                    yield return new Tick(value, LogLabel(value, exponent));
                }
            }
        }
    }

    private static string LogLabel(double value, int exponent) => exponent is < -4 or > 5
        ? value.ToString("0e0", CultureInfo.InvariantCulture)
        : value.ToString($"F{Math.Max(0, -exponent)}", CultureInfo.InvariantCulture);
}
