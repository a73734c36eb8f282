namespace SampleKit;

/// <summary>What can be said on the command line of a sample of images.</summary>
internal sealed record ImageArguments
{
    public const string Usage =
        "Options: --steps N (of the whole training, the same in every call)  --hours H (at most, of this call's training)  --out FOLDER  " +
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
        foreach ((string option, string value) in CommandLine.Pairs(args))
        {
            arguments = option switch
            {
                "--steps" => arguments with { Steps = CommandLine.Integer(option, value, 1, 1_000_000_000) },
                "--hours" => arguments with { Hours = CommandLine.Number(option, value, 1e-9, 1000) },
                "--out" => arguments with { Out = value },
                "--data" => arguments with { Data = value },
                "--threads" => arguments with { Threads = (int)CommandLine.Integer(option, value, 1, 1024) },
                "--metrics" => arguments with { Metrics = (int)CommandLine.Integer(option, value, 0, 1_000_000) },
                _ => throw CommandLine.Unknown(option),
            };
        }
        return arguments;
    }
}
