namespace SampleKit;

/// <summary>What can be said on the command line of a sample that makes figures and pictures.</summary>
public sealed record SampleArguments
{
    /// <summary>Where pictures go.</summary>
    public required string Out { get; init; }

    /// <summary>Over how many seeds, from 0 on, figures are taken.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The folder of the pipeline to sample from; null for a sample that trains its own.</summary>
    public string? Model { get; init; }

    /// <summary>The folder of all data.</summary>
    public string Data { get; init; } = Path.Combine("artifacts", "data");

    /// <summary>Which data the pipeline is held against: a folder in that of all data.</summary>
    public string? Set { get; init; }

    /// <summary>How many images figures are taken of; null for a sample of points.</summary>
    public int? Images { get; init; }

    internal string Usage => "Options: --out FOLDER"
        + (Model is null ? "  --seeds N" : "  --model FOLDER  --set NAME  --data FOLDER")
        + (Images is null ? "" : "  --images N");

    /// <summary>The path of a file in the folder.</summary>
    public string In(string name) => Path.Combine(Out, name);

    /// <summary>Makes an outcome for each seed.</summary>
    public IReadOnlyList<T> ForEachSeed<T>(Func<long, T> make) =>
        [.. Enumerable.Range(0, Seeds).Select(seed => make(seed))];

    /// <exception cref="FormatException">There is no such option, or its value is not what it takes.</exception>
    internal static SampleArguments Parse(string[] args, SampleArguments defaults)
    {
        SampleArguments arguments = defaults;
        foreach ((string option, string value) in CommandLine.Pairs(args))
        {
            arguments = option switch
            {
                "--out" => arguments with { Out = value },
                "--seeds" when defaults.Model is null =>
                    arguments with { Seeds = (int)CommandLine.Integer(option, value, 1, 1000) },
                "--model" when defaults.Model is not null => arguments with { Model = value },
                "--set" when defaults.Model is not null => arguments with { Set = value },
                "--data" when defaults.Model is not null => arguments with { Data = value },
                "--images" when defaults.Images is not null =>
                    arguments with { Images = (int)CommandLine.Integer(option, value, 10, 1_000_000) },
                _ => throw CommandLine.Unknown(option),
            };
        }
        return arguments;
    }
}
