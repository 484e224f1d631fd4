using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private const double Gigabyte = 1e9;

    /// <summary>One line a fact.</summary>
    public static IEnumerable<string> Describe()
    {
        yield return $"processor  {Processor()}, {Environment.ProcessorCount} cores, {Vectors()}";
        yield return $"memory     {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte:F0} GB";
        yield return $"system     {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
        if (Busy() is { } load)
            yield return $"busy       {load.ToString("F1", CultureInfo.InvariantCulture)} processes wanted a core in the minute before";
    }

    private static string Processor() =>
        $"{Field("/proc/cpuinfo", "model name") ?? "unnamed"} ({RuntimeInformation.ProcessArchitecture})";

    private static string Vectors()
    {
        string widest = Vector512.IsHardwareAccelerated ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "128-bit vectors";
        return Field("/proc/cpuinfo", "flags")?.Contains("_vnni", StringComparison.Ordinal) == true ? $"{widest} with VNNI" : widest;
    }

    /// <summary>The load average of the last minute, where the system tells: other work makes all figures worse.</summary>
    private static double? Busy() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    private static string? Field(string path, string name) => !File.Exists(path)
        ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
