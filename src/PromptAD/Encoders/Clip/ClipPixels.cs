namespace PromptAD.Encoders.Clip;

/// <summary>How CLIP normalises pixels: an 8-bit level divided by 255, minus the channel's mean, over its deviation.</summary>
internal static class ClipPixels
{
    /// <summary>The mean of red, green and blue, of 1.</summary>
    public static readonly float[] Means = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>The deviation of red, green and blue, of 1.</summary>
    public static readonly float[] Deviations = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>The same within the convolution that reads pixels.</summary>
    public static readonly PixelFold Fold = new(Means, Deviations);

    private static readonly float[][] Values = [.. Means.Zip(Deviations, Levels)];

    /// <summary>The normalised values of 8-bit planes, (3, size, size).</summary>
    public static float[] Normalise(ReadOnlySpan<byte> planes)
    {
        var values = new float[planes.Length];
        int plane = planes.Length / 3;
        for (int i = 0; i < values.Length; i++) values[i] = Values[i / plane][planes[i]];
        return values;
    }

    /// <summary>The normalised value of each of the 256 levels, in the reference's order of single-precision steps.</summary>
    private static float[] Levels(float mean, float deviation)
    {
        var levels = new float[256];
        for (int i = 0; i < levels.Length; i++) levels[i] = ((i / 255f) - mean) / deviation;
        return levels;
    }
}
