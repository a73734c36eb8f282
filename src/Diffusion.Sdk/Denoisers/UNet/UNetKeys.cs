namespace Diffusion.Sdk.Denoisers;

/// <summary>Names of weights in files of other times.</summary>
internal static class UNetKeys
{
    /// <summary>diffusers keeps the Fourier frequencies under two names; a file may have either or both.</summary>
    public const string FourierAlias = "time_proj.W";

    private const string FourierKey = "time_proj.weight";

    // Attention as it was named before diffusers 0.15.
    private static readonly (string Old, string New)[] s_attention =
    [
        (".query.", ".to_q."), (".key.", ".to_k."), (".value.", ".to_v."), (".proj_attn.", ".to_out.0."),
    ];

    /// <summary>Today's name.</summary>
    public static string Current(string key)
    {
        if (key == FourierAlias)
        {
            return FourierKey;
        }
        if (key.Contains(".attentions.", StringComparison.Ordinal))
        {
            foreach ((string old, string current) in s_attention)
            {
                key = key.Replace(old, current, StringComparison.Ordinal);
            }
        }
        return key;
    }
}
