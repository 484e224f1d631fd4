using System.CommandLine;
using System.Diagnostics;
using PromptAD.Pictures;

namespace PromptAD.Pretraining;

/// <summary><c>pictures</c>: a folder of pairs in the layout of public data sets, and the speed of drawing them.</summary>
internal static class PicturesCommand
{
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("pictures",
            "Writes pairs of pictures: good, defective, mask, and captions.tsv. Without --output, only measures.");
        var count = new Option<int>("--count") { Description = "How many pairs.", DefaultValueFactory = _ => 100 };
        options.AddTo(command);
        options.Output.Required = false;
        command.Options.Add(count);
        command.SetAction(result =>
        {
            using PictureGenerator generator = options.CreateGenerator(result);
            Write(generator, options.ReadKinds(result), result.GetValue(options.Seed), options.ReadDifficulty(result),
                Options.ReadCount(result, count), result.GetValue(options.Output));
            return 0;
        });
        return command;
    }

    private static void Write(PictureGenerator generator, IReadOnlyList<ProductKind> kinds, ulong seed, double difficulty, int count,
        string? folder)
    {
        var captions = new List<string>(2 * count);
        var drawing = new Stopwatch();
        for (int n = 0; n < count; n++)
        {
            var product = new Product(kinds[n % kinds.Count], Rng.Derive(seed, (ulong)n), difficulty);
            drawing.Start();
            DefectivePair pair = generator.DrawPair(product, product.Seed);
            drawing.Stop();
            if (folder is null) continue;
            string name = $"{n:D6}-{product.Kind}";
            WritePicture(Path.Combine(folder, "good", name + ".png"), pair.Clean.Rgb, generator.Size);
            WritePicture(Path.Combine(folder, "defective", name + ".png"), pair.Defective.Rgb, generator.Size);
            WritePicture(Path.Combine(folder, "mask", name + ".png"), pair.Defective.Mask!, generator.Size);
            captions.Add($"good/{name}.png\t\t{pair.Clean.Caption}");
            captions.Add($"defective/{name}.png\t{pair.Defective.Defect}\t{pair.Defective.Caption}");
        }
        if (folder is not null) OutputFile.Write(Path.Combine(folder, "captions.tsv"), file => WriteLines(file, captions));
        Console.WriteLine($"{count} pairs of {generator.Size} px, {drawing.Elapsed.TotalMilliseconds / count:F1} ms a pair on one core");
    }

    private static void WriteLines(Stream file, List<string> lines)
    {
        using var writer = new StreamWriter(file, leaveOpen: true);
        foreach (string line in lines) writer.WriteLine(line);
    }

    private static void WritePicture(string path, byte[] pixels, int size) => PngFile.Write(path, pixels, size, size);
}
