using PromptAD.Imaging;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>
/// Turned and mirrored views of the good pictures in the memory, for parts that come in any pose. Prompts are learned from the pictures as
/// they are. Costs an encoding a view and picture in training, and a larger memory: up to <see cref="MostRows"/> rows a picture.
/// </summary>
public sealed record PoseOptions
{
    /// <summary>The least that <see cref="Turn"/> may be, in degrees.</summary>
    public const double SmallestTurn = 1;

    /// <summary>The most that <see cref="Turn"/> may be, in degrees.</summary>
    public const double LargestTurn = 180;

    /// <summary>The most that <see cref="MostRows"/> may be.</summary>
    public const int LargestRows = 100_000;

    /// <summary>Views turned by quarters: parts lie in one of four poses.</summary>
    public static PoseOptions Quarter { get; } = new() { Turn = 90 };

    /// <summary>
    /// Views turned by 7 degrees from one to the next: parts lie anyhow. A part is then at most 3.5 degrees from the nearest view, which at
    /// the rim of a picture is less than half a patch.
    /// </summary>
    public static PoseOptions Free { get; } = new() { Turn = 7 };

    /// <summary>
    /// Degrees from one turned view to the next, all around. 90 or 180: parts lie in just these poses. Less: in any between, too.
    /// </summary>
    /// <value>1 to 180; null by default: no turns.</value>
    public double? Turn { get; init; }

    /// <summary>
    /// Whether each view is there mirrored, too; without turns, the picture with left and right exchanged, and with top and bottom.
    /// </summary>
    /// <value>false by default.</value>
    public bool Flips { get; init; }

    /// <summary>
    /// The most rows of memory of one picture, at each layer. The picture's own patches always stay; of its views, the patches that are
    /// least alike come in, until so many are there (k-centre greedy, for each picture by itself).
    /// </summary>
    /// <value>1 to 100 000, and at least the patches of one picture; 2500 by default, which is 10 000 for four pictures.</value>
    public int MostRows { get; init; } = 2500;

    /// <summary>How many views of each picture are encoded beside the picture itself.</summary>
    public int Views => Remembered().Count;

    /// <summary>The views that are remembered, the picture itself left out.</summary>
    internal IReadOnlyList<PoseView> Remembered()
    {
        var views = new List<PoseView>();
        for (int i = 0; i < Turns; i++)
        {
            if (i > 0) views.Add(new PoseView(i * Turn!.Value, IsMirrored: false));
            if (Flips) views.Add(new PoseView(i * (Turn ?? 0), IsMirrored: true));
        }
        if (Turn is null && Flips) views.Add(new PoseView(180, IsMirrored: true));
        return views;
    }

    /// <summary>The pose of the i-th of some pictures that stand for parts to be judged: all around, between the remembered.</summary>
    internal PoseView Judged(int i, int count)
    {
        int step = (int)((long)i * Turns / count);
        double turn = Turn ?? 0, between = turn is 90 or 180 ? 0 : turn / 2;
        return new PoseView((step * turn) + between, Flips && i % 2 == 1);
    }

    private int Turns => Turn is { } turn ? (int)Math.Ceiling((360 / turn) - 1e-9) : 1;

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range, or nothing is asked for.</exception>
    public void Validate()
    {
        if (Turn is null && !Flips)
            throw new PromptADException(
                Problem.InvalidArgument,
                "Poses ask for no turn and no flip; set Turn, Flips or both, or leave them out.");
        Check.Range(Turn ?? SmallestTurn, SmallestTurn, LargestTurn, "Poses.Turn");
        Check.Range(MostRows, 1, LargestRows, "Poses.MostRows");
    }
}
