using System.Numerics.Tensors;
using PromptAD.Detectors;
using PromptAD.Scoring;

namespace PromptAD.Pretraining.Measuring;

/// <summary>
/// Several ways to read a score and a map from the same features: the published ones, maxima and means over raw patches, and sums of text and memory after
/// both have been standardised on the references alone.
/// </summary>
internal sealed class Readouts
{
    private const int Top = 5;
    private readonly DetectorModel model;
    private readonly (float Mean, float Deviation) picture, text, memory;

    /// <param name="model">The detector.</param>
    /// <param name="varied">Its references in other lights and poses.</param>
    public Readouts(DetectorModel model, IReadOnlyList<Encoded> varied)
    {
        this.model = model;
        picture = Statistics([.. varied.Select(PictureLogit)]);
        text = Statistics([.. varied.SelectMany(PatchLogits)]);
        memory = Statistics([.. varied.SelectMany(Distances)]);
    }

    /// <summary>The names of the picture scores, in the order of <see cref="Score"/>.</summary>
    public static IReadOnlyList<string> ScoreNames { get; } =
    [
        "text", "visual", "fused", "text max", "text top5", "visual max", "visual top5", "fused max", "z max", "z top5", "z+text", "z-vis+text", "brightness",
    ];

    /// <summary>The names of the maps, in the order of <see cref="Maps"/>.</summary>
    public static IReadOnlyList<string> MapNames { get; } = ["text", "visual", "fused", "z"];

    /// <summary>The picture's scores.</summary>
    public double[] Score(Encoded query)
    {
        float[][] maps = Maps(query);
        float[] textMap = maps[0], visualMap = maps[1], z = maps[3];
        float textual = model.Image.Score(query.Cls, model.Metadata.Temperature)[0];
        float visual = ScoreMaps.Upsample(visualMap, Grid(visualMap), 400).Max();
        double pictureZ = (PictureLogit(query) - picture.Mean) / picture.Deviation, visualZ = (TopMean(visualMap) - memory.Mean) / memory.Deviation;
        return
        [
            textual, visual, ScoreMaps.Fuse(textual, visual), textMap.Max(), TopMean(textMap), visualMap.Max(), TopMean(visualMap), maps[2].Max(), z.Max(), TopMean(z),
            TopMean(z) + pictureZ, visualZ + pictureZ, query.Brightness,
        ];
    }

    /// <summary>The picture's maps over the patches.</summary>
    public float[][] Maps(Encoded query)
    {
        float[] logits = PatchLogits(query), distances = Distances(query);
        float[] textMap = [.. logits.Select(logit => 1 / (1 + MathF.Exp(-logit)))];
        float[] z = [.. logits.Zip(distances, (logit, distance) => ((logit - text.Mean) / text.Deviation) + ((distance - memory.Mean) / memory.Deviation))];
        return [textMap, distances, ScoreMaps.Fuse(textMap, distances), z];
    }

    private float PictureLogit(Encoded query) => Logits(model.Image, query.Cls)[0];

    private float[] PatchLogits(Encoded query) => Logits(model.Pixel, query.Tokens);

    private float[] Distances(Encoded query) => model.Memory.VisualMap(query.Memory);

    private float[] Logits(Prototypes prototypes, float[] rows)
    {
        int channels = prototypes.Normal.Length;
        var difference = new float[channels];
        TensorPrimitives.Subtract(prototypes.Anomalous, prototypes.Normal, difference);
        return [.. Enumerable.Range(0, rows.Length / channels)
            .Select(row => model.Metadata.Temperature * TensorPrimitives.Dot(rows.AsSpan(row * channels, channels), difference))];
    }

    private static (float Mean, float Deviation) Statistics(float[] values)
    {
        float mean = values.Average();
        return (mean, MathF.Sqrt(values.Select(value => (value - mean) * (value - mean)).Average()) + 1e-4f);
    }

    private static float TopMean(float[] values) => values.OrderDescending().Take(Top).Average();

    private static int Grid(float[] map) => (int)Math.Round(Math.Sqrt(map.Length));
}
