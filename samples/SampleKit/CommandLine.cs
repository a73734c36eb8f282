using System.Globalization;

namespace SampleKit;

/// <summary>Options with one value each.</summary>
internal static class CommandLine
{
    /// <summary>The options and their values, in the order given.</summary>
    /// <exception cref="FormatException">An option has no value, or it is the one that asks for all of them.</exception>
    public static IEnumerable<(string Option, string Value)> Pairs(string[] args)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            yield return i + 1 < args.Length
                ? (args[i], args[i + 1])
                : args[i] is "--help" or "-h"
                    ? throw new FormatException("Each of these is optional.")
                : args[i].StartsWith("--", StringComparison.Ordinal)
                    ? throw new FormatException($"{args[i]} needs a value.")
                    : throw Unknown(args[i]);
        }
    }

    /// <exception cref="FormatException">The value is no number in the range.</exception>
    public static double Number(string option, string value, double least, double most) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number >= least && number <= most
            ? number
            : throw new FormatException($"{option} is {value}; expected a number in [{least}, {most}].");

    /// <exception cref="FormatException">The value is no whole number in the range.</exception>
    public static long Integer(string option, string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most
            ? number
            : throw new FormatException($"{option} is {value}; expected a whole number in [{least}, {most}].");

    public static FormatException Unknown(string option) => new($"There is no option {option}.");
}
