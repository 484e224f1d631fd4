using System.CommandLine;
using PromptAD.Pictures;

namespace PromptAD.Pretraining;

/// <summary><c>dataset</c>: drawn products as a data set, to measure on.</summary>
internal static class DatasetCommand
{
    private const int Train = 4, Good = 20, Defective = 20;

    public static Command Create()
    {
        var options = new Options();
        var command = new Command("dataset", "Writes drawn products in MVTec AD's layout: 4 pictures to learn from, 20 good and 20 defective ones to test with.");
        var demo = new Option<bool>("--demo") { Description = "Draws as the demo does: the kinds that pretraining never draws, held in a fixture." };
        options.AddTo(command);
        command.Options.Add(demo);
        command.SetAction(result =>
        {
            bool asDemo = result.GetValue(demo);
            using PictureGenerator generator = options.CreateGenerator(result);
            bool chosen = result.GetValue(options.Kinds) is { Length: > 0 };
            foreach (ProductKind kind in asDemo && !chosen ? ProductKind.HeldOut : options.ReadKinds(result))
            {
                var product = new Product(kind, result.GetValue(options.Seed), options.ReadDifficulty(result), asDemo);
                foreach ((string path, byte[] pixels) in DrawnDataset.Draw(generator, product, Train, Good, Defective))
                    PngFile.Write(Path.Combine(result.GetValue(options.Output)!, kind.Name, path), pixels, generator.Size, generator.Size);
            }
            return 0;
        });
        return command;
    }
}
