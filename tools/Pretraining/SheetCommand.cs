using System.CommandLine;
using PromptAD.Pictures;

namespace PromptAD.Pretraining;

/// <summary><c>sheet</c>: one picture file with rows of good pictures, defective ones and masks, to be looked at.</summary>
internal static class SheetCommand
{
    private const int Columns = 8, Gap = 2;

    public static Command Create()
    {
        var options = new Options();
        var command = new Command("sheet",
            "Draws a contact sheet: for each product its good pictures, the same with a defect, and the masks.");
        var products = new Option<int>("--products") { Description = "Products of each kind.", DefaultValueFactory = _ => 1 };
        options.AddTo(command);
        command.Options.Add(products);
        command.SetAction(result =>
        {
            using PictureGenerator generator = options.CreateGenerator(result);
            ulong seed = result.GetValue(options.Seed);
            double difficulty = options.ReadDifficulty(result);
            var rows = new List<DrawnPicture[]>();
            ulong stream = 0;
            foreach (ProductKind kind in options.ReadKinds(result))
                for (int n = 0; n < Options.ReadCount(result, products); n++) rows.AddRange(Rows(generator,
                    new Product(kind, Rng.Derive(seed, stream++), difficulty)));
            Save(rows, generator.Size, result.GetValue(options.Output)!);
            return 0;
        });
        return command;
    }

    private static IEnumerable<DrawnPicture[]> Rows(PictureGenerator generator, Product product)
    {
        DefectivePair[] pairs = [.. generator.DrawGroup(product, product.Seed, clean: 0, pairs: Columns).Pairs];
        yield return [.. pairs.Select(p => p.Clean)];
        yield return [.. pairs.Select(p => p.Defective)];
        yield return [.. pairs.Select(p => AsPicture(p.Defective))];
    }

    private static DrawnPicture AsPicture(DrawnPicture picture)
    {
        var rgb = new byte[picture.Rgb.Length];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = picture.Mask![i / 3];
        return picture with { Rgb = rgb };
    }

    private static void Save(List<DrawnPicture[]> rows, int size, string path)
    {
        int step = size + Gap, width = Columns * step, height = rows.Count * step;
        var sheet = new byte[3 * width * height];
        Array.Fill(sheet, (byte)64);
        for (int r = 0; r < rows.Count; r++)
        {
            for (int c = 0; c < Columns; c++)
            {
                for (int y = 0; y < size; y++)
                    rows[r][c].Rgb.AsSpan(3 * y * size, 3 * size).CopyTo(sheet.AsSpan(3 * ((r * step + y) * width + c * step)));
            }
        }
        PngFile.Write(path, sheet, width, height);
    }
}
