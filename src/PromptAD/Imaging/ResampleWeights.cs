namespace PromptAD.Imaging;

/// <summary>
/// For one direction: which source pixels make up a target pixel and with what weight. Bicubic (a = -0.5), its support widened by the
/// reduction, the weights in 22-bit fixed point, all as Pillow computes them.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits of a weight. 8 bits of pixel, 22 of weight and a sum of at most 2 fill a 32-bit integer.</summary>
    public const int Precision = 22;

    private const double Support = 2.0;
    private const double A = -0.5;

    private readonly int[] weights;
    private readonly (int First, int Count)[] windows;
    private readonly int widest;

    public ResampleWeights(int sourceLength, int targetLength)
    {
        SourceLength = sourceLength;
        double scale = (double)sourceLength / targetLength;
        double reduction = Math.Max(scale, 1.0);
        double support = Support * reduction;
        widest = (int)Math.Ceiling(support) * 2 + 1;
        weights = new int[targetLength * widest];
        windows = new (int, int)[targetLength];

        Span<double> exact = new double[widest];
        for (int i = 0; i < targetLength; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max((int)(center - support + 0.5), 0);
            int count = Math.Min((int)(center + support + 0.5), sourceLength) - first;
            windows[i] = (first, count);
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                exact[k] = Bicubic((k + first - center + 0.5) / reduction);
                sum += exact[k];
            }
            for (int k = 0; k < count; k++) weights[(i * widest) + k] = ToFixed(exact[k] / sum);
        }
    }

    public int SourceLength { get; }

    /// <summary>The first source pixel of a target pixel and the weights of it and those after it.</summary>
    public ReadOnlySpan<int> Window(int target, out int first)
    {
        (first, int count) = windows[target];
        return weights.AsSpan(target * widest, count);
    }

    private static int ToFixed(double weight) => (int)((weight * (1 << Precision)) + (weight < 0 ? -0.5 : 0.5));

    private static double Bicubic(double x)
    {
        x = Math.Abs(x);
        if (x < 1.0) return ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1;
        if (x < Support) return ((((x - 5) * x) + 8) * x - 4) * A;
        return 0.0;
    }
}
