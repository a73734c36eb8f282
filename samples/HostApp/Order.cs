using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HostApp;

/// <summary>What a reader asks for: the query of a request, checked.</summary>
internal sealed record Order(Model Model, int Count, int Steps, long Seed, string Class, double Guidance)
{
    private const string EachClass = "each";
    private static readonly string[] s_names = ["model", "count", "steps", "seed", "class", "guidance"];

    // From the clipped x_0 the noise is derived again, or much guidance leads nowhere.
    public GenerateOptions Options => new()
    {
        Labels = Labels, GuidanceScale = Guidance, UseClippedModelOutput = true, PredictOriginal = true,
    };

    private long[]? Labels => Class switch
    {
        "" => null,
        EachClass => [.. Enumerable.Range(0, Count).Select(sample => (long)(sample % Model.Classes.Count))],
        _ => [long.Parse(Class, CultureInfo.InvariantCulture)],
    };

    /// <summary>Reads a query; what is left out has a default.</summary>
    /// <param name="query">The query.</param>
    /// <param name="models">What can be chosen.</param>
    /// <returns>The order, or the answer that tells everything that is wrong with it.</returns>
    public static (Order? Order, ValidationProblem? Problem) Read(IQueryCollection query, Model[] models)
    {
        Dictionary<string, string[]> errors = query.Keys.Except(s_names, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, name => (string[])[$"{name} is no parameter; expected {Any(s_names)}."]);
        string[] names = [.. models.Select(model => model.Name)];
        string modelName = Value("model", names[0], names.Contains, Any(names));
        Model model = models.First(model => model.Name == modelName);
        int classes = model.Classes.Count;
        string chosen = Value(
            "class", "",
            text => classes > 0 && (text == EachClass || (int.TryParse(text, out int label) && label >= 0 && label < classes)),
            classes > 0 ? $"an integer in [0, {classes - 1}], or \"{EachClass}\"" : "none, since the model has no classes");
        bool isGuidable = chosen != "" || errors.ContainsKey("class"); // one fault is told once
        var order = new Order(
            model,
            Value("count", 20, count => count is >= 1 and <= 64, "an integer in [1, 64]"),
            Value("steps", 50, steps => steps is >= 1 and <= 1000, "an integer in [1, 1000]"),
            Value<long>("seed", Random.Shared.Next(), _ => true, "an integer of 64 bits"),
            chosen,
            Value(
                "guidance", 1.0, scale => scale is >= 0 and <= 20 && (scale == 1 || isGuidable),
                isGuidable ? "a number in [0, 20]" : "1, since no class is asked for"));
        return errors.Count == 0 ? (order, null) : (null, Problem(errors));

        T Value<T>(string name, T otherwise, Func<T, bool> isValid, string expected)
            where T : IParsable<T>
        {
            string text = query[name].ToString();
            if (text == "")
            {
                return otherwise;
            }
            // "1,5" would be read as 15.
            if (!text.Contains(',') && T.TryParse(text, CultureInfo.InvariantCulture, out T? value) && isValid(value))
            {
                return value;
            }
            errors[name] = [$"{name} is \"{text}\"; expected {expected}."];
            return otherwise;
        }
    }

    private static ValidationProblem Problem(Dictionary<string, string[]> errors) => TypedResults.ValidationProblem(
        errors, string.Join(" ", errors.Values.SelectMany(messages => messages)), title: "A parameter is not valid.");

    private static string Any(string[] names) => $"one of {string.Join(", ", names)}";
}
