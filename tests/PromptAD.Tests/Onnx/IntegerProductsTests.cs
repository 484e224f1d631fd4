using PromptAD.Onnx;

namespace PromptAD.Tests.Onnx;

public sealed class IntegerProductsTests
{
    [Theory]
    [InlineData(0x800, 0, true)] // AVX-512 VNNI
    [InlineData(0, 0x10, true)] // AVX-VNNI
    [InlineData(~0x800, ~0x10, false)]
    public void Either_instruction_is_enough(int ecx, int eax, bool expected) => Assert.Equal(expected, IntegerProducts.Has(ecx, eax));
}
