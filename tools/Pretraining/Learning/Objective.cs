using PromptAD.Pretraining.Data;
using PromptAD.Pretraining.Model;
using PromptAD.Pretraining.Text;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Learning;

/// <summary>
/// What is learned, close to how detectors use the model: patches and whole pictures against the prototypes of good and of anomalous prompts, patches
/// against those of other good pictures at the memory taps, and pictures against the names of products.
/// </summary>
/// <param name="vision">The image encoder.</param>
/// <param name="prompts">The text encoder.</param>
/// <param name="scale">s, the temperature of text scores, which is exported as the checkpoint's (mark Q3).</param>
internal sealed class Objective(VisionTower vision, PromptEncoder prompts, double scale)
{
    private const int NormalPrompts = 3, GeneralPrompts = 5, SpecificPrompts = 2, AnomalousPrompts = GeneralPrompts + SpecificPrompts;
    private const double PatchShare = 0.06;      // of a patch must be defective for it to count as such
    private const double Visible = 0.02;         // mean difference to the clean twin, of the whole range
    private const double MemoryScale = 20, MemoryMiddle = 0.2; // distances below the middle are good
    private const int TopPatches = 3;            // that make a picture's score
    private const double NameScale = 14, NameWeight = 0.1, RankWeight = 0.25, PictureWeight = 0.4, MemoryWeight = 2;
    private const double ApartWeight = 0.5, ApartCosine = -0.2;

    /// <summary>The loss of a batch; its scalar <see cref="Loss.Total"/> has the gradient.</summary>
    public Loss Compute(Batch batch, Random random)
    {
        using var scope = NewDisposeScope();
        long groups = batch.Read.shape[0], each = batch.Read.shape[1], references = each - 2;
        VisionOutputs encoded = vision.Encode(batch.Read.flatten(0, 1));
        IReadOnlyList<Tensor> taps = [.. encoded.Memory.Skip(vision.FrozenLayers)];
        (Tensor normal, Tensor anomalous, Tensor names, Tensor apart) = Prototypes(batch.Items, random); // (groups, E), the last a loss
        Tensor direction = (anomalous - normal).unsqueeze(-1) * Keep(scale); // (groups, E, 1)

        Tensor positive = Positive(batch.Mask, out Tensor negative); // (groups, patches), of the defective picture
        positive = positive * batch.Contrast.ge(Keep(Visible)).to(ScalarType.Float32); // what nobody can see is neither
        Tensor seen = positive.sum([1L]).gt(Keep(0)).to(ScalarType.Float32); // (groups): a defect can be seen in the frame
        Tensor cls = Normalize(encoded.Cls).view(groups, each, -1);
        Tensor picture = cls.matmul(direction).squeeze(-1); // (groups, each)
        Tensor patch = Normalize(encoded.Tokens).view(groups, each, -1, cls.shape[2]).flatten(1, 2).matmul(direction).view(groups, each, -1); // (groups, each, patches)
        Tensor? distance = taps.Count > 0 ? Distance(taps, groups, each) : null; // (groups, 2, patches)

        Tensor good = patch.narrow(1, 0, each - 1), bad = patch.select(1, each - 1);
        Tensor patchLoss = Balanced(bad, positive, seen, cat([good.flatten(1), bad], 1), cat([ones_like(good.flatten(1)), negative], 1))
            .Plus(Rank(Top(patch.select(1, each - 2)), Top(bad), seen) * Keep(RankWeight));
        Tensor badPicture = picture.narrow(1, each - 1, 1);
        Tensor pictureLoss = Balanced(badPicture, seen.unsqueeze(1), seen, picture, cat([ones_like(picture.narrow(1, 0, each - 1)), seen.unsqueeze(1).neg().Plus(1)], 1))
            .Plus(Rank(picture.narrow(1, 0, each - 1).mean([1L]), picture.select(1, each - 1), seen) * Keep(RankWeight))
            .Plus(Rank(picture.select(1, each - 2), picture.select(1, each - 1), seen) * Keep(RankWeight));
        (Tensor memoryLoss, Tensor memoryRight) = distance is null ? (zeros(1)[0], zeros(1)[0]) : Remember(distance, positive, negative, seen);
        Tensor nameLoss = Names(cls.narrow(1, 0, references), names, batch.Items);

        Tensor total = patchLoss.Plus(pictureLoss * Keep(PictureWeight)).Plus(memoryLoss * Keep(MemoryWeight))
            .Plus(nameLoss * Keep(NameWeight)).Plus(apart * Keep(ApartWeight));
        Tensor values = stack(
            [
                total, patchLoss, pictureLoss, memoryLoss, nameLoss,
                Share(Top(patch.select(1, each - 2)), Top(bad), seen), Share(picture.select(1, each - 2), picture.select(1, each - 1), seen), memoryRight,
            ]).detach();
        return new Loss(total.MoveToOuterDisposeScope(), LossValues.From(values.data<float>().ToArray()));
    }

    /// <summary>The loss of the memory, and the share of pairs in which the defective picture is farther from it than its twin.</summary>
    private static (Tensor Loss, Tensor Right) Remember(Tensor distance, Tensor positive, Tensor negative, Tensor seen)
    {
        Tensor memory = (distance - Keep(MemoryMiddle)) * Keep(MemoryScale), twin = memory.select(1, 0), spoilt = memory.select(1, 1);
        Tensor loss = Balanced(spoilt, positive, seen, memory.flatten(1), cat([ones_like(negative), negative], 1))
            .Plus(Rank(Top(twin), Top(spoilt), seen) * Keep(RankWeight));
        return (loss, Share(Top(twin), Top(spoilt), seen));
    }

    /// <summary>1 where a patch is defective enough; <paramref name="negative"/> is 1 where nothing is.</summary>
    public static Tensor Positive(Tensor mask, out Tensor negative)
    {
        negative = mask.le(Keep(1e-4)).to(ScalarType.Float32);
        Tensor enough = (mask.amax([1L], keepdim: true) * Keep(0.5)).clamp(Keep(1e-3), Keep(PatchShare)); // a tiny defect counts where it is largest
        return mask.ge(enough).to(ScalarType.Float32);
    }

    /// <summary>(1 - largest cosine to the references' patches)/2, mean over the taps, of the last two pictures of each group: (groups, 2, patches).</summary>
    private static Tensor Distance(IReadOnlyList<Tensor> taps, long groups, long each)
    {
        Tensor sum = zeros(1);
        foreach (Tensor tap in taps)
        {
            Tensor rows = Normalize(tap).view(groups, each, tap.shape[1], tap.shape[2]);
            Tensor queries = rows.narrow(1, each - 2, 2).flatten(1, 2), references = rows.narrow(1, 0, each - 2).flatten(1, 2);
            Tensor nearest = queries.matmul(references.transpose(1, 2)).amax([2L]); // (groups, 2 · patches)
            sum = sum.Plus(nearest.neg().Plus(1).view(groups, 2, -1) / Keep(2 * taps.Count));
        }
        return sum;
    }

    private (Tensor Normal, Tensor Anomalous, Tensor Names, Tensor Apart) Prototypes(IReadOnlyList<Item> items, Random random)
    {
        var writer = new PromptWriter(random);
        var texts = new List<string>();
        foreach (Item item in items)
        {
            string name = writer.Name(item.Noun);
            for (int i = 0; i < NormalPrompts; i++) texts.Add(writer.Normal(name));
            for (int i = 0; i < GeneralPrompts; i++) texts.Add(writer.Anomalous(name));
            for (int i = 0; i < SpecificPrompts; i++) texts.Add(writer.Anomalous(name, item.Defect));
            texts.Add(writer.Normal(item.Noun));
        }
        Tensor features = prompts.Encode(texts, random).view(items.Count, NormalPrompts + AnomalousPrompts + 1, -1);
        Tensor normal = features.narrow(1, 0, NormalPrompts), anomalous = features.narrow(1, NormalPrompts, AnomalousPrompts);
        // Pictures cannot tell good from bad along a direction that prompts do not have yet: without this the first thousand steps learn little.
        Tensor apart = (normal.matmul(anomalous.transpose(1, 2)) - Keep(ApartCosine)).relu().mean();
        return (Normalize(normal.mean([1L])), Normalize(anomalous.mean([1L])), features.select(1, NormalPrompts + AnomalousPrompts), apart);
    }

    /// <summary>Cross-entropy of the names in the batch given the mean of a product's good pictures; equal names count as one.</summary>
    private static Tensor Names(Tensor references, Tensor names, IReadOnlyList<Item> items)
    {
        List<string> nouns = [.. items.Select(item => item.Noun).Distinct()];
        long[] firsts = [.. nouns.Select(noun => (long)items.Select(item => item.Noun).ToList().IndexOf(noun))];
        long[] truth = [.. items.Select(item => (long)nouns.IndexOf(item.Noun))];
        Tensor logits = Normalize(references.mean([1L])).matmul(names.index_select(0, tensor(firsts)).t()) * Keep(NameScale); // (groups, names)
        return nn.functional.cross_entropy(logits, tensor(truth));
    }

    /// <summary>Binary cross-entropy, positives and negatives averaged apart; a group's defect weighs the same whatever its size.</summary>
    private static Tensor Balanced(Tensor positives, Tensor positive, Tensor seen, Tensor negatives, Tensor negative)
    {
        Tensor missed = (Softplus(-positives) * positive).sum([1L]) / positive.sum([1L]).clamp(min: Keep(1)); // (groups)
        Tensor alarms = (Softplus(negatives) * negative).sum() / negative.sum().clamp(min: Keep(1));
        return ((missed * seen).sum() / seen.sum().clamp(min: Keep(1))).Plus(alarms) / Keep(2);
    }

    private static Tensor Rank(Tensor good, Tensor bad, Tensor seen) => (Softplus(good - bad) * seen).sum() / seen.sum().clamp(min: Keep(1));

    // -log σ(-x), because TorchSharp's softplus takes numbers of its own (see Scalars).
    private static Tensor Softplus(Tensor x) => nn.functional.logsigmoid(-x).neg();

    private static Tensor Share(Tensor good, Tensor bad, Tensor seen) => (bad.gt(good).to(ScalarType.Float32) * seen).sum() / seen.sum().clamp(min: Keep(1));

    private static Tensor Top(Tensor scores) => scores.topk(TopPatches, 1).values.mean([1L]);

    private static Tensor Normalize(Tensor rows) => nn.functional.normalize(rows, p: 2, dim: -1);
}

/// <summary>A loss to be minimised and what it is made of.</summary>
internal sealed record Loss(Tensor Total, LossValues Values);

/// <summary>
/// The terms of the loss, and the share of pairs in which the defective picture scores above its twin, by patches and text, by the whole picture and text,
/// and by memory.
/// </summary>
internal readonly record struct LossValues(
    double Total, double Patch, double Picture, double Memory, double Name, double PatchRight, double PictureRight, double MemoryRight)
{
    public static LossValues From(float[] values) => new(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);

    /// <summary>The mean of some.</summary>
    public static LossValues Mean(IReadOnlyCollection<LossValues> all) => new(
        all.Average(v => v.Total), all.Average(v => v.Patch), all.Average(v => v.Picture), all.Average(v => v.Memory), all.Average(v => v.Name),
        all.Average(v => v.PatchRight), all.Average(v => v.PictureRight), all.Average(v => v.MemoryRight));
}
