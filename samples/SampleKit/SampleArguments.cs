namespace SampleKit;

/// <summary>What can be said on the command line of a sample that makes figures and pictures.</summary>
public sealed record SampleArguments
{
    internal const string Usage = "Options: --out FOLDER  --seeds N";

    /// <summary>Where pictures go.</summary>
    public required string Out { get; init; }

    /// <summary>Over how many seeds, from 0 on, figures are taken.</summary>
    public required int Seeds { get; init; }

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
                "--seeds" => arguments with { Seeds = (int)CommandLine.Integer(option, value, 1, 1000) },
                _ => throw CommandLine.Unknown(option),
            };
        }
        return arguments;
    }
}
