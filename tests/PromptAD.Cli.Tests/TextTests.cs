using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace PromptAD.Cli.Tests;

public sealed partial class TextTests
{
    [Theory]
    [InlineData("in/part.png", 20, "in/part.png")]
    [InlineData("/data/line 2/2026-11-29/camera/part-0001.png", 20, "/data…/part-0001.png")]
    [InlineData("/data/零件/零件零件零件零件零件.png", 16, "/data…件零件.png")] // wide signs take two cells
    public void A_path_is_shortened_in_the_middle(string path, int room, string expected)
    {
        string shown = ShortPath.Of(path, room);
        Assert.Equal(expected, shown);
        Assert.InRange(shown.GetCellWidth(), 1, room);
    }

    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("  a list", 80, "  a list")]
    [InlineData("averylongword b", 5, "averylongword|b")]
    [InlineData("", 5, "")]
    [InlineData("零件 零件", 6, "零件|零件")]
    public void Text_breaks_at_words(string text, int width, string lines) => Assert.Equal(lines.Split('|'), WordWrap.Lines(text, width));

    [Theory]
    [InlineData("prdict", "predict")]
    [InlineData("--outptu", "--output")]
    [InlineData("--FORMAT", "--format")]
    [InlineData("bogus", null)]
    [InlineData("-x", null)]
    public void A_mistyped_name_is_recognised(string word, string? meant) =>
        Assert.Equal(meant, Suggestion.For(word, ["predict", "train", "--output", "--format", "-o", "-f"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("train", "trian", 1)] // two letters exchanged
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void Edits_are_counted(string a, string b, int edits) => Assert.Equal(edits, Suggestion.Edits(a, b));

    [Theory]
    [InlineData("PreprocessingOptions.MaxPicturePixels", "It is too large. Raise it with --pixel-limit.")]
    [InlineData("PreprocessingOptions.SignificantBits", "It is too large. Raise it with --bits.")]
    [InlineData("FeedbackOptions.Force", "It is too large. Raise it with --force.")]
    [InlineData("BackboneStore.PullAsync", "It is too large. Raise it with 'promptad backbone pull (Force) ViT-B-16'.")]
    public void What_the_library_names_gets_the_name_of_the_option(string option, string said) => Assert.Equal(
        said,
        Remedies.Of(new Diagnostic(Problem.OutOfRange, "It is too large.")
        {
            Remedy = "Raise it with {0}.",
            Option = option,
            Subject = "(Force) ViT-B-16",
        }));

    [Fact]
    public void A_value_out_of_its_range_is_told_of_by_the_name_of_its_option()
    {
        Diagnostic diagnostic = Diagnostic.OutOfRange("ReviewRate", 2.5, "lie between 0 and 1");
        Assert.Equal("--review-rate is 2.5; it must lie between 0 and 1.", Remedies.Of(diagnostic));
        Assert.Equal("ReviewRate is 2.5; it must lie between 0 and 1.", diagnostic.ToString());
    }

    [Fact]
    public void Every_member_that_a_remedy_names_exists_and_has_a_name_here()
    {
        string[] sources = [.. Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        string[] named =
        [
            .. sources.SelectMany(text => OptionLine().Matches(text)).Select(match => match.Groups[1].Value.Replace("{nameof(", "")
                .Replace(")}", "")).Select(LastNames).Distinct(),
        ];
        Assert.True(named.Length > 8);
        Assert.All(named, name => Assert.DoesNotContain(
            name, Remedies.Of(new Diagnostic(Problem.Refused, "What.") { Remedy = "Use {0}.", Option = name, Subject = "x" })));
    }

    /// <summary>Type and member of what a source writes between the quotes of an option.</summary>
    private static string LastNames(string written)
    {
        string[] parts = written.Split('.', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('.', parts.Length > 2 ? [parts[0], parts[^1]] : parts);
    }

    private static string SourceFolder([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "src");

    [GeneratedRegex("""Option = \$"(\{nameof\([A-Za-z]+\)\}\.\{nameof\([A-Za-z.]+\)\})",""")]
    private static partial Regex OptionLine();
}
