using System.Globalization;

namespace SampleKit;

/// <summary>What can be said on the command line of a sample of images.</summary>
internal sealed record ImageArguments
{
    public const string Usage =
        "Options: --steps N (of the whole training)  --hours H (at most, of this call's training)  --out FOLDER  " +
        "--data FOLDER  --threads N  --metrics N (generated images to measure; 0 for none)";

    public long? Steps { get; private init; }

    public double? Hours { get; private init; }

    public string? Out { get; private init; }

    public string Data { get; private init; } = Path.Combine("artifacts", "data");

    public int? Threads { get; private init; }

    public int Metrics { get; private init; } = 2000;

    /// <exception cref="FormatException">There is no such option, or its value is not what it takes.</exception>
    public static ImageArguments Parse(string[] args)
    {
        var arguments = new ImageArguments();
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value.");
            arguments = args[i] switch
            {
                "--steps" => arguments with { Steps = long.Parse(value, CultureInfo.InvariantCulture) },
                "--hours" => arguments with { Hours = Number(value, 1e-9, 1000) },
                "--out" => arguments with { Out = value },
                "--data" => arguments with { Data = value },
                "--threads" => arguments with { Threads = (int)Number(value, 1, 1024) },
                "--metrics" => arguments with { Metrics = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new FormatException($"There is no option {args[i]}."),
            };
        }
        return arguments;

        static double Number(string value, double least, double most) =>
            double.Parse(value, CultureInfo.InvariantCulture) is var number && number >= least && number <= most
                ? number
                : throw new FormatException($"{value} is not in [{least}, {most}].");
    }
}
