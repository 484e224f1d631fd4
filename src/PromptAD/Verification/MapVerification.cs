using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Files;
using PromptAD.Scoring;
using PromptAD.Validation;

namespace PromptAD.Verification;

/// <summary>Recomputes a reference of fusion, upsampling and smoothing. Its tensors are named "grid.size.part".</summary>
internal static class MapVerification
{
    public const string Fused = ".fused";
    private const double Tolerance = 1e-5;
    private const int Step = 7; // only every seventh row and column of the large maps is kept
    private const float Sigma = 4;

    public static void Run(SafetensorsFile file, string path, Action<TensorCheck> report)
    {
        IEnumerable<string> names = file.Tensors.Keys.Where(name => name.EndsWith(Fused, StringComparison.Ordinal));
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            string prefix = name[..^Fused.Length];
            if (prefix.Split('.') is not [string gridText, string sizeText]
                || !int.TryParse(gridText, out int grid)
                || !int.TryParse(sizeText, out int size))
                throw new PromptADException(
                    Problem.InvalidArgument,
                    $"Tensor '{name}' of '{path}' is not named grid.size.fused. Make or copy the file again.");
            Check.Range(grid, 1, 256, name);
            Check.Range(size, 1, 4096, name);
            Verify(file, prefix, grid, size, report);
        }
    }

    private static void Verify(SafetensorsFile file, string prefix, int grid, int size, Action<TensorCheck> report)
    {
        void Compare(string part, IEnumerable<float> actual) =>
            report(TensorCheck.Absolute($"{prefix}.{part}", [.. actual], file.ReadFloats($"{prefix}.{part}"), Tolerance));

        int cells = grid * grid;
        int maps = (int)(file.Tensors[$"{prefix}{Fused}"].Count / cells);
        float[] textual = new float[maps * cells], visual = new float[maps * cells]; // (maps, grid, grid)
        DeterministicValues.Fill($"map.textual.{prefix}", textual, 0.45f, 0.5f);
        DeterministicValues.Fill($"map.visual.{prefix}", visual, 0.2f, 0.25f);
        Compare("textual", textual);
        Compare("visual", visual);
        float[] fused = ScoreMaps.Fuse(textual, visual);
        Compare("fused", fused);
        IEnumerable<float> Stretched(float sigma)
        {
            var stretch = new MapStretch(new PatchGrid(grid), size, sigma);
            return Enumerable.Range(0, maps).SelectMany(map => SquareMap.Thin(stretch.Apply(fused.AsSpan(map * cells, cells)), size, Step));
        }
        Compare("upsampled", Stretched(sigma: 0));
        Compare("smoothed", Stretched(Sigma));
    }
}
