namespace PromptAD.Evaluation.Metrics;

/// <summary>An evenly spread choice of the pixels of each picture, each standing for several, from which the bootstrap draws pictures.</summary>
internal sealed class PixelSample
{
    private const int NormalsPerPicture = 2048;
    private const int PixelsPerRegion = 512;
    private const int DefectsPerPicture = 4096;

    private readonly List<Scored> _items = [];

    /// <summary>Pictures that have been ended.</summary>
    public int Pictures { get; private set; }

    /// <summary>Adds pixels of one defect region of the current picture.</summary>
    /// <param name="map">Scores of the whole picture.</param>
    /// <param name="pixels">Indices of the region's pixels.</param>
    /// <param name="regions">Regions of the picture, which share its allowance.</param>
    public void AddRegion(ReadOnlySpan<float> map, int[] pixels, int regions)
    {
        int limit = Math.Clamp(DefectsPerPicture / regions, 1, PixelsPerRegion);
        var random = new SplitMix64(Pictures, _items.Count);
        int[] chosen = Strata.Choose(pixels.Length, limit, ref random);
        foreach (int c in chosen)
            _items.Add(new Scored(map[pixels[c]] + 0f, Pictures, (double)pixels.Length / chosen.Length, 0, 1.0 / chosen.Length));
    }

    /// <summary>Adds normal pixels of the current picture and turns to the next one.</summary>
    public void EndPicture(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask)
    {
        int normals = mask.IsEmpty ? map.Length : mask.Count((byte)0);
        var random = new SplitMix64(Pictures, _items.Count);
        int[] chosen = Strata.Choose(normals, NormalsPerPicture, ref random);
        int next = 0;
        for (int pixel = 0, normal = 0; next < chosen.Length; pixel++)
        {
            if (!mask.IsEmpty && mask[pixel] != 0) continue;
            if (normal++ != chosen[next]) continue;
            _items.Add(new Scored(map[pixel] + 0f, Pictures, 0, (double)normals / chosen.Length, 0));
            next++;
        }
        Pictures++;
    }

    public WeightedRanking ToRanking() => new([.. _items], Pictures);
}
