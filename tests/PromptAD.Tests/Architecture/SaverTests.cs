using System.Text.RegularExpressions;

namespace PromptAD.Tests.Architecture;

/// <summary>What the programs write goes through one place, whose faults are tested.</summary>
public sealed partial class SaverTests
{
    /// <summary>What makes files by other means, and why it may.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["src/PromptAD/Files/AtomicFile.cs"] = "the one place",
        ["src/PromptAD/Files/WriterLock.cs"] = "an empty file that is locked",
        ["src/PromptAD/Store/Download/PartialFile.cs"] = "a download that goes on where it was; renamed when its hash is right",
        ["src/PromptAD/Store/Embedded/EmbeddedBackbone.cs"] = "in a folder of its own that is deleted at once; imported with a check",
        ["src/PromptAD.Cli/OutputFolder.cs"] = "a trial, deleted at once",
        ["src/PromptAD.Evaluation/Results/RunFolder.cs"] = "an empty file that is locked",
        ["src/PromptAD.Server/Storage/FolderStore.cs"] = "moves files that were written whole",
    };

    [Fact]
    public void Nothing_writes_files_past_the_one_place()
    {
        string[] found = [.. from file in SourceTree.Read("src") where MakesFiles().IsMatch(file.Text) select file.Path];

        Assert.Equal(Others.Keys.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("File.Create(path)", true)]
    [InlineData("await File.WriteAllTextAsync(path, text)", true)]
    [InlineData("System.IO.File.AppendAllText(path, text)", true)]
    [InlineData("new FileStream(path, FileMode.OpenOrCreate)", true)]
    [InlineData("new StreamWriter(path)", true)]
    [InlineData("File.OpenWrite(path)", true)]
    [InlineData("file.CopyTo(target, overwrite: true); File.Copy(a, b)", true)]
    [InlineData("File.Move(a, b)", true)]
    [InlineData("new FileStream(path, FileMode.Open, FileAccess.Read)", false)]
    [InlineData("new StreamWriter(stream, leaveOpen: true)", false)]
    [InlineData("File.OpenRead(path)", false)]
    [InlineData("AtomicFile.WriteText(path, Write)", false)]
    public void Every_way_to_make_a_file_is_known(string text, bool makes) => Assert.Equal(makes, MakesFiles().IsMatch(text));

    [GeneratedRegex(
        @"\bFile\.(Create\w*\(|Write\w+\(|Append\w+\(|OpenWrite\(|Copy\(|Move\(|Replace\()"
        + @"|FileMode\.(Create|CreateNew|OpenOrCreate|Append|Truncate)\b|new StreamWriter\((?!stream\b|response\.Body\b)|FileAccess\.Write\b")]
    private static partial Regex MakesFiles();
}
