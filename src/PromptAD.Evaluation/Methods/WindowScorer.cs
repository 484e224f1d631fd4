using PromptAD.Evaluation.Features;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Evaluation.Methods;

/// <summary>
/// WinCLIP and WinCLIP+ (Jeong et al., CVPR 2023): windows of two scales and the whole picture against the ensemble of words, and, with
/// good pictures, windows and patches against theirs.
/// </summary>
/// <param name="words">The prototypes of the ensemble.</param>
/// <param name="temperature">The softmax's temperature.</param>
/// <param name="grid">Patches along a side.</param>
/// <param name="width">The length of a patch's row.</param>
/// <param name="references">The good pictures; none for WinCLIP.</param>
internal sealed class WindowScorer(Prototypes words, float temperature, int grid, int width, IReadOnlyList<WindowFeatures> references)
{
    private readonly IReadOnlyList<WindowGrid> scales = WindowGrid.All(grid);

    /// <summary>
    /// The score of a picture, ascore(z_g) or its mean with the highest association, and its map over the patches: the harmonic mean over
    /// the scales, or its mean with the association.
    /// </summary>
    /// <param name="cls">The picture's normalised global feature, (E).</param>
    /// <param name="query">Its windows and patches.</param>
    public PictureScores Score(float[] cls, WindowFeatures query)
    {
        float textual = words.Score(cls, temperature)[0];
        float[][] read = [.. scales.Select((scale, i) => scale.ToPatches(words.Score(query.Scales[i], temperature)))];
        float Combine(int patch) => (1 + scales.Count) / ((1 / textual) + read.Sum(map => 1 / map[patch]));
        float[] text = [.. Enumerable.Range(0, grid * grid).Select(Combine)];
        if (references.Count == 0) return new PictureScores(textual, textual, null, null, null, text);

        float[] association = Associate(query);
        float visual = association.Max();
        float[] both = [.. text.Zip(association, (t, v) => (t + v) / 2)];
        return new PictureScores((textual + visual) / 2, textual, visual, null, null, both);
    }

    /// <summary>
    /// M^W: the mean over patches and both scales of windows of (1 - ⟨F, r⟩)/2 with the most alike of the good pictures, (patches).
    /// </summary>
    private float[] Associate(WindowFeatures query)
    {
        static float[] Join(IEnumerable<float[]> rows) => [.. rows.SelectMany(row => row)];
        static float[] Distances(float[] queries, float[] known, int width) => new MemoryBank([known], width).LayerMap(0, queries);
        float[] sum = Distances(query.Patches, Join(references.Select(reference => reference.Patches)), width);
        for (int i = 0; i < scales.Count; i++)
        {
            int scale = i;
            float[] known = Join(references.Select(reference => reference.Scales[scale]));
            float[] map = scales[i].ToPatches(Distances(query.Scales[i], known, words.Normal.Length));
            for (int patch = 0; patch < sum.Length; patch++) sum[patch] += map[patch];
        }
        return [.. sum.Select(value => value / (1 + scales.Count))];
    }
}
