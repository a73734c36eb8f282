using System.Globalization;

namespace Diffusion.Sdk.Files;

/// <summary>
/// A number of a JSON file with the digits it was written with, so that it is written back the same;
/// or one of the three words Python adds: NaN, Infinity, -Infinity.
/// </summary>
internal readonly record struct JsonNumber(string Literal)
{
    public static JsonNumber Of(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The shortest digits that read back the same, laid out as Python's repr does: 0.0001, 1e-05, 1.0, 1e+16.
    /// </summary>
    public static JsonNumber Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return new(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
        if (value == 0)
        {
            return new(double.IsNegative(value) ? "-0.0" : "0.0");
        }
        string shortest = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 16; digits++)
        {
            string candidate = Math.Abs(value).ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == Math.Abs(value))
            {
                shortest = candidate;
                break;
            }
        }
        string[] parts = shortest.Split('E');
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return new((value < 0 ? "-" : "") + Layout(parts[0].Replace(".", ""), exponent));
    }

    public bool TryGetInt64(out long value) =>
        long.TryParse(Literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public double ToDouble() => Literal switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.Parse(Literal, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    // digits d1 d2 ... mean d1.d2... * 10^exponent
    private static string Layout(string digits, int exponent)
    {
        digits = digits.TrimEnd('0') is { Length: > 0 } trimmed ? trimmed : "0";
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return string.Create(
                CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{digits}";
        }
        string padded = digits.PadRight(exponent + 2, '0');
        return $"{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
    }
}
