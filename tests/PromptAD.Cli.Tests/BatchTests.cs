using System.Buffers.Binary;
using System.Text.Json;

namespace PromptAD.Cli.Tests;

public sealed class BatchTests(Workshop workshop) : CommandTest(workshop)
{
    private static readonly string[] Bad = ["empty.png", "huge.bmp", "link.png", "text.png", "truncated.png"];

    [Fact]
    public void Bad_pictures_are_listed_at_the_end_and_the_others_go_on()
    {
        MakePictures();
        Outcome outcome = Run(Partial, "predict", Workshop.Detector, "mixed", "--output", "out", "--format", "json");
        using JsonDocument results = JsonDocument.Parse(outcome.Output);
        Dictionary<string, JsonElement> byName =
            results.RootElement.EnumerateArray().ToDictionary(result => Path.GetFileName(result.GetProperty("path").GetString())!);
        Assert.Equal(["a-good.png", .. Bad, "z-good.png"], byName.Keys);
        Assert.All(Bad, name => Assert.Contains(name, byName[name].GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.All(Bad, name => Assert.False(byName[name].TryGetProperty("score", out _)));
        Assert.InRange(byName["z-good.png"].GetProperty("score").GetDouble(), 0, 1);

        Assert.Equal("error: 5 of 7 pictures failed:", outcome.MessageLines[^6]);
        Assert.All(Bad.Zip(outcome.MessageLines[^5..]), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(outcome.MessageLines[^5..], line => Assert.True(IsDetail(line)));
        Assert.Equal(
            ["out/a-good.map.png", "out/a-good.overlay.png", "out/z-good.map.png", "out/z-good.overlay.png"],
            FilesLeft.Where(file => file.StartsWith("out", StringComparison.Ordinal)));
    }

    [Fact]
    public void Csv_and_table_show_failures_too()
    {
        MakePictures();
        Outcome csv = Run(Partial, "predict", Workshop.Detector, "mixed/text.png", "mixed/a-good.png", "--format", "csv");
        Assert.StartsWith("mixed/text.png,,,,,,,,,,", csv.OutputLines[1]);
        Assert.Contains("Cannot read 'mixed/text.png': it is no picture of a known format", csv.OutputLines[1]);
        Outcome table = Run(Failure, "predict", Workshop.Detector, "mixed/text.png");
        Assert.Matches("mixed/text.png +failed", table.Output);
    }

    [Fact]
    public void A_file_that_is_not_there_fails_alone_and_all_failing_is_a_failure()
    {
        MakePictures();
        Outcome mixed = Run(Partial, "predict", Workshop.Detector, "missing.png", "mixed/a-good.png");
        Assert.Equal("error: 1 of 2 pictures failed:", mixed.MessageLines[^2]);
        Assert.Contains("Cannot read 'missing.png': the file does not exist", mixed.MessageLines[^1]);
        Run(Failure, "predict", Workshop.Detector, "missing.png", "mixed/text.png");
    }

    private void MakePictures()
    {
        string good = Path.Combine(Workshop.Good, "0.png");
        Directory.CreateDirectory(InFolder("mixed"));
        File.Copy(good, InFolder("mixed/a-good.png"));
        File.Copy(good, InFolder("mixed/z-good.png"));
        File.WriteAllBytes(InFolder("mixed/empty.png"), []);
        File.WriteAllText(InFolder("mixed/text.png"), "This is no picture.");
        File.WriteAllBytes(InFolder("mixed/truncated.png"), File.ReadAllBytes(good)[..2000]);
        File.WriteAllBytes(InFolder("mixed/huge.bmp"), HugeBitmap());
        File.CreateSymbolicLink(InFolder("mixed/link.png"), InFolder("nothing.png"));
    }

    /// <summary>The header of a bitmap that would have 3.6 billion pixels.</summary>
    private static byte[] HugeBitmap()
    {
        byte[] bitmap = new byte[1000];
        "BM"u8.CopyTo(bitmap);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(2), bitmap.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(18), 60_000);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(22), 60_000);
        BinaryPrimitives.WriteInt16LittleEndian(bitmap.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bitmap.AsSpan(28), 24);
        return bitmap;
    }
}
