using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Numerics;

public class PhiloxTests
{
    // The lines "philox4x32 10" of Random123's file kat_vectors: counter, key, expected.
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 },
        new uint[] { 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8 })]
    [InlineData(
        new uint[] { 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF }, new uint[] { 0xFFFFFFFF, 0xFFFFFFFF },
        new uint[] { 0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD })]
    [InlineData(
        new uint[] { 0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344 }, new uint[] { 0xA4093822, 0x299F31D0 },
        new uint[] { 0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1 })]
    public void Block_KnownAnswerVectors_GivesThem(uint[] counter, uint[] key, uint[] expected)
    {
        var output = new uint[4];

        Philox.Block(counter, key, output);

        Assert.Equal(expected, output);
    }

    [Theory]
    [InlineData(3, 2, 4, "counter must hold 4 words, but holds 3.")]
    [InlineData(4, 1, 4, "key must hold 2 words, but holds 1.")]
    [InlineData(4, 2, 5, "output must hold 4 words, but holds 5.")]
    public void Block_WrongLength_SaysWhichAndHowMany(int counter, int key, int output, string message)
    {
        var error = Assert.Throws<ArgumentException>(
            () => Philox.Block(new uint[counter], new uint[key], new uint[output]));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
