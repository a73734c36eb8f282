namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>A clock on which measured works take given milliseconds, one after the other, and later ones none.</summary>
internal sealed class ScriptedTime(params int[] milliseconds) : TimeProvider
{
    private int _asked;
    private long _now;

    public override long TimestampFrequency => 1000;

    // Asked before and after each work.
    public override long GetTimestamp()
    {
        int work = _asked / 2;
        _now += _asked % 2 == 1 && work < milliseconds.Length ? milliseconds[work] : 0;
        _asked++;
        return _now;
    }
}
