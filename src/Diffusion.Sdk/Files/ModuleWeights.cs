using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Files;

/// <summary>The weights of a module from a safetensors file whose keys are the module's own.</summary>
internal static class ModuleWeights
{
    private const int ProblemsShown = 5;

    /// <summary>Eight hexadecimal digits by which to tell weights from others.</summary>
    public static string Fingerprint(nn.Module module)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = NewDisposeScope();
        foreach ((string _, Tensor value) in module.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(value.cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    /// <summary>Overwrites the module's parameters and buffers; whatever type the file has becomes theirs.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <param name="canLack">Which of the module's own keys the file may lack; null for none.</param>
    /// <param name="canHave">Which other keys the file may have, which are not read; null for none.</param>
    /// <exception cref="InvalidDataException">
    /// Keys are missing or not expected, or a shape is another; the message says which. Nothing was changed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read, or is no whole safetensors file.</exception>
    public static void Load(
        nn.Module module, string path, Func<string, bool>? canLack = null, Func<string, bool>? canHave = null)
    {
        using var file = SafetensorsFile.Open(path);
        Dictionary<string, SafetensorsEntry> given = file.Entries.ToDictionary(entry => entry.Name);
        Dictionary<string, Tensor> own = module.state_dict();
        string[] problems =
        [
            .. own.Keys.Where(key => !given.ContainsKey(key) && canLack?.Invoke(key) != true)
                .Select(key => $"\"{key}\" is missing"),
            .. given.Keys.Where(key => !own.ContainsKey(key) && canHave?.Invoke(key) != true)
                .Select(key => $"\"{key}\" is not expected"),
            .. own.Where(pair => given.TryGetValue(pair.Key, out SafetensorsEntry? entry)
                    && !entry.Shape.SequenceEqual(pair.Value.shape))
                .Select(pair => $"\"{pair.Key}\" has shape [{string.Join(", ", given[pair.Key].Shape)}], " +
                    $"expected [{string.Join(", ", pair.Value.shape)}]"),
        ];
        if (problems.Length > 0)
        {
            string more = problems.Length > ProblemsShown ? $"; and {problems.Length - ProblemsShown} more" : "";
            throw new InvalidDataException(
                $"{path} does not fit {module.GetName()}: {string.Join("; ", problems.Take(ProblemsShown))}{more}.");
        }
        using IDisposable withoutGradients = no_grad();
        foreach ((string key, Tensor value) in own.Where(pair => given.ContainsKey(pair.Key)))
        {
            using Tensor read = TensorFile.Read(file, given[key]);
            value.copy_(read);
        }
    }
}
