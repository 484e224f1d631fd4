namespace PromptAD.Pretraining.Learning;

/// <summary>What changes over a training, by the part of it that is done.</summary>
internal static class Schedule
{
    private const double FlatUntil = 0.5, LowestRate = 0.01;
    private const int WarmSteps = 300;

    // Small pictures first: four times as many fit in an hour at 128 pixels as at 240.
    private static readonly (double Until, int[] Sizes)[] Stages =
        [(0.3, [112, 128, 144]), (0.7, [144, 160, 176]), (1, [192, 208, 240])];

    /// <summary>The part of the highest learning rate: warm-up, flat, then down a cosine.</summary>
    public static double Rate(double done, long step)
    {
        double warm = Math.Min(1, (step + 1.0) / WarmSteps);
        if (done <= FlatUntil) return warm;
        double along = (Math.Min(1, done) - FlatUntil) / (1 - FlatUntil);
        return warm * (LowestRate + (1 - LowestRate) * (1 + Math.Cos(Math.PI * along)) / 2);
    }

    /// <summary>Side of the pictures of which a trunk's features are kept.</summary>
    public const int FrozenSize = 160;

    /// <summary>Side of the pictures of a step.</summary>
    public static int Size(double done, Random random)
    {
        int[] sizes = Stages.First(stage => done < stage.Until || stage.Until == 1).Sizes;
        return sizes[random.Next(sizes.Length)];
    }
}
