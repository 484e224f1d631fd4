namespace PromptAD.Training.Tests;

public sealed class NativeLibrariesTests
{
    private const ulong Version210 = (2UL << 56) | (10UL << 48);

    [Theory]
    [InlineData("linux-x64", "libtorch-cpu-linux-x64")]
    [InlineData("win-x64", "libtorch-cpu-win-x64")]
    [InlineData("osx-arm64", "libtorch-cpu-osx-arm64")]
    public void A_missing_libtorch_is_answered_with_the_command_that_adds_it(string runtime, string package)
    {
        string message = NativeLibraries.Explain(runtime, "torch_cpu", reason: null);
        Assert.Contains($"'dotnet add package {package} --version 2.10.0'", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_system_without_libtorch_is_sent_to_one_that_has_it()
    {
        string message = NativeLibraries.Explain("linux-arm64", "torch_cpu", reason: null);
        Assert.StartsWith("Training runs on Linux x64, Windows x64 and macOS arm64, but this is linux-arm64.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_demand_for_a_newer_system_names_the_package_that_takes_it_away()
    {
        string message = NativeLibraries.Explain("linux-x64", "LibTorchSharp", "version `GLIBCXX_3.4.32' not found");
        Assert.Contains("GLIBCXX_3.4.32", message, StringComparison.Ordinal);
        Assert.Contains("Reference the package PromptAD.Training in the application's own project", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_loader_says_of_a_broken_library_is_passed_on() => Assert.Contains(
        "(undefined symbol: x). Take libtorch-cpu-linux-x64 in version 2.10.0",
        NativeLibraries.Explain("linux-x64", "LibTorchSharp", "undefined symbol: x"), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "of an older version")]
    [InlineData((2UL << 56) | (9UL << 48) | (1UL << 40), "version 2.9")]
    [InlineData((3UL << 56) | (10UL << 48), "version 3.10")]
    public void Another_libtorch_than_that_of_TorchSharp_is_named(ulong found, string said)
    {
        string message = NativeLibraries.ExplainVersion("linux-x64", found)!;
        Assert.StartsWith($"The libtorch of this application is {said}, but TorchSharp 0.107.0 goes with 2.10.0 alone.", message, StringComparison.Ordinal);
        Assert.EndsWith("'dotnet add package libtorch-cpu-linux-x64 --version 2.10.0'.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Version210)]
    [InlineData(Version210 | (1UL << 40))]
    public void The_libtorch_of_TorchSharp_is_taken_whatever_its_patch(ulong found) =>
        Assert.Null(NativeLibraries.ExplainVersion("linux-x64", found));
}
