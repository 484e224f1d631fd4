using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD.Evaluation.Methods;

/// <summary>What a <see cref="PatchMethod"/> has learned from good pictures.</summary>
/// <param name="Map">How anomalous each patch of a picture is, (patches), 0 or more.</param>
/// <param name="ToScore">Brings such a value to 0 to 1 without changing an order.</param>
internal sealed record PatchMemory(Func<PictureFeatures, float[]> Map, Func<float, float> ToScore)
{
    /// <summary>The part of a picture's patches whose mean is its score.</summary>
    public const double TopPart = 0.01;

    private const int TurnsOfAnomalyDino = 8, TurnsOfSubspace = 30; // the picture itself among them
    private const double Explained = 0.99;

    /// <summary>How many patches make a picture's score.</summary>
    public static int TopPatches(EncoderInfo encoder) => Math.Max(1, (int)(TopPart * encoder.Patches));

    /// <summary>Learns from good pictures.</summary>
    /// <param name="method">How.</param>
    /// <param name="encoder">Encodes them; stays with the caller.</param>
    /// <param name="good">The pictures.</param>
    /// <param name="cancellation">Stops between two encodings.</param>
    /// <exception cref="PromptADException">The encoder does not go with the method.</exception>
    public static PatchMemory Learn(
        PatchMethod method, IPatchEncoder encoder, IEnumerable<GoodPicture> good, CancellationToken cancellation = default) =>
        method == PatchMethod.AnomalyDino ? OfNeighbours(encoder, good, cancellation) : OfPlane(encoder, good, cancellation);

    /// <summary>AnomalyDINO: (1 - ⟨F, r⟩)/2 with the nearest patch r, both of length 1, at the last layer.</summary>
    private static PatchMemory OfNeighbours(IPatchEncoder encoder, IEnumerable<GoodPicture> good, CancellationToken cancellation)
    {
        int layer = encoder.Info.Layers.Count - 1, width = encoder.Info.Widths[layer];
        IEnumerable<float[]> turned = good.SelectMany(
            picture => Turned(encoder, picture, TurnsOfAnomalyDino, seen => seen.Memory[layer], cancellation));
        var bank = new MemoryBank([Channels.Normalize([.. turned.SelectMany(rows => rows)], width)], width);
        return new PatchMemory(features => bank.LayerMap(0, features.Memory[layer]), distance => distance);
    }

    /// <summary>SubspaceAD: |x - m|² - |C·(x - m)|² of the mean x over the layers.</summary>
    private static PatchMemory OfPlane(IPatchEncoder encoder, IEnumerable<GoodPicture> good, CancellationToken cancellation)
    {
        IReadOnlyList<int> widths = encoder.Info.Widths;
        if (widths.Distinct().Count() > 1)
        {
            throw new PromptADException(
                Problem.Unsupported, $"The method 'subspace' takes the mean of an encoder's layers, but those of '{encoder.Info.Id}' have "
                + $"{string.Join(" and ", widths)} channels; take an encoder whose layers are equally wide, such as a DINOv2.");
        }
        var fit = new SubspaceFit(widths[0]);
        foreach (GoodPicture picture in good)
            foreach (float[] rows in Turned(encoder, picture, TurnsOfSubspace, MeanOf, cancellation)) fit.Add(rows);
        Subspace plane = fit.Find(Explained, cancellation);
        return new PatchMemory(features => plane.Residuals(MeanOf(features)), residual => residual / (residual + widths[0]));
    }

    private static float[] MeanOf(PictureFeatures features)
    {
        float[] mean = [.. features.Memory[0]];
        foreach (float[] layer in features.Memory.Skip(1)) TensorPrimitives.Add(mean, layer, mean);
        TensorPrimitives.Divide(mean, features.Memory.Count, mean);
        return mean;
    }

    /// <summary>The patches of a picture turned all around in equal steps; those that a turn leaves partly empty are left out.</summary>
    private static IEnumerable<float[]> Turned(
        IPatchEncoder encoder, GoodPicture picture, int turns, Func<PictureFeatures, float[]> read, CancellationToken cancellation)
    {
        EncoderInfo info = encoder.Info;
        var view = new byte[info.InputLength];
        PictureFeatures seen = PictureFeatures.Room(info);
        for (int turn = 0; turn < turns; turn++)
        {
            cancellation.ThrowIfCancellationRequested();
            var pose = new PoseView(360.0 * turn / turns, IsMirrored: false);
            if (turn == 0) picture.Regions[0].CopyTo(view, 0);
            else pose.Make(picture.Regions[0], info.InputSize, picture.Aspect, view);
            encoder.Encode(view, seen, cancellation);
            float[] rows = read(seen);
            int width = rows.Length / info.Patches;
            yield return [.. pose.Whole(info.Grid, picture.Aspect).SelectMany(place => rows.AsSpan(place * width, width).ToArray())];
        }
    }
}
