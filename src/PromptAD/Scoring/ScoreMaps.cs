namespace PromptAD.Scoring;

/// <summary>Fuses the scores of words and memory as published.</summary>
internal static class ScoreMaps
{
    /// <summary>The harmonic fusion 1/(1/a + 1/b) of section 4; 0 where either is 0.</summary>
    public static float Fuse(float textual, float visual) => 1 / ((1 / textual) + (1 / visual));

    /// <summary>The harmonic fusion of two maps of the same size.</summary>
    public static float[] Fuse(ReadOnlySpan<float> textual, ReadOnlySpan<float> visual)
    {
        var fused = new float[textual.Length];
        for (int i = 0; i < fused.Length; i++) fused[i] = Fuse(textual[i], visual[i]);
        return fused;
    }

    /// <summary>The harmonic fusion where both are known, else the one that is; null where neither is.</summary>
    public static float? FuseKnown(float? textual, float? visual) =>
        textual is { } t && visual is { } v ? Fuse(t, v) : textual ?? visual;
}
