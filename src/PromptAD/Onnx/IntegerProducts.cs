using System.Runtime.Intrinsics.X86;

namespace PromptAD.Onnx;

/// <summary>What a processor has for sums of products of 8-bit integers, from which int8 backbones get their speed.</summary>
public static class IntegerProducts
{
    private const int Features = 7; // CPUID's leaf of extended features

    /// <summary>Whether this is an x86 processor without such instructions. Of other kinds nothing is known, and this is false.</summary>
    public static bool AreMissing { get; } = X86Base.IsSupported && !Has();

    private static bool Has()
    {
        if (X86Base.CpuId(0, 0).Eax < Features) return false;
        (int subleaves, _, int ecx, _) = X86Base.CpuId(Features, 0);
        int eax = subleaves >= 1 ? X86Base.CpuId(Features, 1).Eax : 0;
        return Has(ecx, eax);
    }

    /// <param name="ecx">The register for sub-leaf 0.</param>
    /// <param name="eax">The register for sub-leaf 1.</param>
    internal static bool Has(int ecx, int eax)
    {
        bool avx512Vnni = (ecx & (1 << 11)) != 0, avxVnni = (eax & (1 << 4)) != 0;
        return avx512Vnni || avxVnni;
    }
}
