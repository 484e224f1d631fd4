using Spectre.Console;

namespace PromptAD.Cli.Tests;

public sealed class TextTests
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
    [InlineData("raise the pixel limit (MaxPicturePixels).", "raise the pixel limit (--pixel-limit).")]
    [InlineData("Say it (SignificantBits). The detector keeps it.", "Say it (--bits). The detector keeps it.")]
    [InlineData("name one (BackboneStore.Open): a, b.", "name one (--backbone): a, b.")]
    [InlineData("forget some (RemoveReferenceDefect).", "forget some ('promptad feedback <detector> --forget <picture>').")]
    [InlineData("'part (Force).png' is far away.", "'part (Force).png' is far away.")]
    [InlineData("of another kind (Visa); good", "of another kind (Visa); good")]
    public void What_the_library_names_in_brackets_gets_the_name_of_the_option(string message, string said) =>
        Assert.Equal(said, OptionNames.PutIntoBrackets(message));
}
