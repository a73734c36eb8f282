using Diffusion.Sdk.Imaging.Cairo;

namespace Diffusion.Sdk.Imaging.Tests.Cairo;

public class CairoNativeTests
{
    [Fact]
    public void Load_NoSuchLibrary_NamesTheDebianPackage()
    {
        var error = Assert.Throws<ImagingException>(() => CairoNative.Load(["libnosuchcairo.so.2"]));
        Assert.Contains("libnosuchcairo.so.2", error.Message);
        Assert.Contains("apt-get install libcairo2", error.Message);
    }

    [Fact]
    public void Check_StatusOfCairo_SpeaksItsWords()
    {
        CairoNative.Check(0, "Drawing");
        var error = Assert.Throws<ImagingException>(() => CairoNative.Check(1, "Drawing"));
        Assert.Equal("Drawing failed: out of memory (cairo status 1).", error.Message);
    }
}
