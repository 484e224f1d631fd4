using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Protocols;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Pretraining.Measuring;

/// <summary>What needs no encoder at all, measured on the pictures and pixels that detectors are measured on.</summary>
internal sealed class Baselines
{
    private const int Size = 240, MapSize = 400;
    private const float Sigma = 4;
    private readonly Category category;
    private readonly List<float[]> test;
    private readonly bool[] isDefective;

    public Baselines(Category category)
    {
        this.category = category;
        test = [.. category.Test.Select(picture => Read(picture.Path))];
        isDefective = [.. category.Test.Select(picture => picture.IsDefective)];
    }

    /// <summary>Mean brightness, in whichever direction does better on the test set: it is told the answer.</summary>
    public Areas Brightness()
    {
        static double Better(double auroc) => Math.Max(auroc, 1 - auroc);
        double image = RankingMetrics.Measure([.. test.Select(input => (double)input.Average())], isDefective).Auroc;
        double? pixel = Pixels([.. test.Select(Grey)], Size);
        return new Areas(Better(image), pixel is { } known ? Better(known) : null);
    }

    /// <summary>Hand-made descriptors with a memory of the good pictures that a benchmark with this seed learns from.</summary>
    public Areas Descriptors(int shots, int seed)
    {
        var descriptors = new HandMadeDescriptors([.. ShotDraw.BySeed(category, shots, seed).Paths.Select(Read)], Size);
        float[][] maps = [.. test.Select(descriptors.Map)];
        double image = RankingMetrics.Measure([.. maps.Select(HandMadeDescriptors.Score)], isDefective).Auroc;
        return new Areas(image, Pixels(maps, (int)Math.Sqrt(maps[0].Length)));
    }

    private double? Pixels(float[][] maps, int side)
    {
        var pixels = new PixelScores();
        var stretch = new MapStretch(new PatchGrid(side), MapSize, Sigma);
        for (int i = 0; i < maps.Length; i++)
        {
            if (category.Test[i].ReadMask(MapSize, MapSize) is not { } mask) continue;
            pixels.Add(stretch.Apply(maps[i]), mask.Pixels, MapSize, MapSize);
        }
        return pixels.DefectPixels > 0 && pixels.NormalPixels > 0 ? pixels.Measure().Ranking.Auroc : null;
    }

    private static float[] Grey(float[] input)
    {
        int plane = input.Length / 3;
        return [.. Enumerable.Range(0, plane).Select(i => input[i] + input[plane + i] + input[(2 * plane) + i])];
    }

    private static float[] Read(string path)
    {
        var preprocessor = new Preprocessor(Size, new PreprocessingOptions());
        using Picture picture = PictureDecoder.Decode(path, new PreprocessingOptions().MaxPicturePixels);
        var planes = new byte[preprocessor.Length];
        preprocessor.PrepareReference(picture.Frame, planes);
        return ClipPixels.Normalise(planes);
    }
}

/// <summary>Areas under the ROC curve of pictures and of pixels; no pixels where no masks are.</summary>
internal readonly record struct Areas(double Image, double? Pixel)
{
    public static Areas Mean(IReadOnlyList<Areas> all) =>
        new(all.Average(areas => areas.Image), all.All(areas => areas.Pixel is not null) ? all.Average(areas => areas.Pixel) : null);
}
