using System.Runtime.CompilerServices;
using SampleKit;

namespace Samples.Tests;

/// <summary>Keeps what samples say out of the tests' output.</summary>
internal static class QuietScreen
{
    [ModuleInitializer]
    public static void Use() => Screen.WriteTo(TextWriter.Null);
}
