namespace PromptAD.Evaluation.Features;

/// <summary>What WinCLIP sees in one picture, every row normalised.</summary>
/// <param name="Scales">The windows of each scale, row by row over the grid, (windows, E).</param>
/// <param name="Patches">The patches as the last block reads them, (patches, width).</param>
internal sealed record WindowFeatures(IReadOnlyList<float[]> Scales, float[] Patches);
