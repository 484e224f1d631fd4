using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Evaluation;
using PromptAD.Pictures;
using PromptAD.Pretraining.Data;
using PromptAD.Pretraining.Model;
using PromptAD.Training;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Learning;

/// <summary>Areas under the ROC curve on drawn products of kinds that are never learned from, mean over the products, one good picture each.</summary>
/// <param name="PictureText">Whole pictures by text.</param>
/// <param name="PatchText">Whole pictures by their most anomalous patches by text.</param>
/// <param name="PictureMemory">Whole pictures by their most anomalous patches by memory.</param>
/// <param name="PixelText">Patches by text.</param>
/// <param name="PixelMemory">Patches by memory.</param>
internal readonly record struct ValidationScores(double PictureText, double PatchText, double PictureMemory, double PixelText, double PixelMemory);

/// <summary>The fixed pictures that a training is watched with.</summary>
internal sealed class Validation
{
    private const int Products = 2, Pairs = 5, Size = 192;
    private readonly List<PictureGroup> groups = [];

    public Validation()
    {
        using var generator = new PictureGenerator(Size);
        foreach (ProductKind kind in ProductKind.HeldOut)
        {
            for (ulong product = 0; product < Products; product++)
                groups.Add(generator.DrawGroup(new Product(kind, 77_000 + product, Difficulty: 0, InFixture: true), 7, clean: 1 + Pairs, Pairs));
        }
    }

    /// <summary>Scores weights by plain prompts, without learning.</summary>
    public ValidationScores Measure(ModelWeights weights, ClipTokenizer tokenizer, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var vision = new VisionTower(weights, precision);
        var prompts = new Text.PromptEncoder(tokenizer, new TextTower(weights));
        List<ValidationScores> all = [.. groups.Select(group => Measure(group, vision, prompts))];
        return new ValidationScores(
            all.Average(s => s.PictureText), all.Average(s => s.PatchText), all.Average(s => s.PictureMemory), all.Average(s => s.PixelText), all.Average(s => s.PixelMemory));
    }

    private static ValidationScores Measure(PictureGroup group, VisionTower vision, Text.PromptEncoder prompts)
    {
        using var scope = NewDisposeScope();
        string noun = group.Clean[0].Noun;
        Tensor text = prompts.Encode([$"{noun}.", .. PublishedPrompts.CommonStates.Select(state => state.Replace("{}", noun, StringComparison.Ordinal) + ".")], new Random(1));
        Tensor direction = Normalize(text.narrow(0, 1, text.shape[0] - 1).mean([0L])) - text[0]; // (E)
        VisionOutputs encoded = vision.Encode(vision.Read(Batch.Normalize(Batch.ToUnit(Batch.ToTensor([.. group.Clean, .. group.Pairs.Select(pair => pair.Defective)])))));
        Tensor pictures = Normalize(encoded.Cls).matmul(direction), patches = Normalize(encoded.Tokens).matmul(direction); // (pictures), (pictures, patches)
        Tensor distances = zeros_like(patches);
        foreach (Tensor tap in encoded.Memory)
        {
            Tensor rows = Normalize(tap);
            distances -= rows.matmul(rows[0].t()).amax([2L]);
        }
        bool[] isDefective = [.. Enumerable.Repeat(false, Pairs), .. Enumerable.Repeat(true, Pairs)];
        Tensor masks = cat([.. group.Pairs.Select(pair => Objective.Positive(
            nn.functional.avg_pool2d(Batch.ToUnit(Batch.MaskOf(pair.Defective)), Size / (int)Math.Sqrt(patches.shape[1])).flatten(1), out _))], 0);
        bool[] isPatchDefective = [.. new bool[Pairs * patches.shape[1]], .. Floats(masks).Select(value => value > 0)];
        double Pictures(Tensor scores) => RankingMetrics.Measure(Floats(scores.narrow(0, 1, 2 * Pairs)), isDefective).Auroc;
        double Patches(Tensor scores) => RankingMetrics.Measure(Floats(scores.narrow(0, 1, 2 * Pairs)), isPatchDefective).Auroc;
        return new ValidationScores(
            Pictures(pictures), Pictures(patches.amax([1L])), Pictures(distances.amax([1L])), Patches(patches), Patches(distances));
    }

    private static float[] Floats(Tensor values) => [.. values.contiguous().data<float>()];

    private static Tensor Normalize(Tensor rows) => nn.functional.normalize(rows, p: 2, dim: -1);
}
