using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Pictures;

/// <summary>
/// What training on many pictures costs and gives, beside one picture in the same run: time, memory, file, prediction, accuracy. Memory-only
/// training with the embedded backbone at its default size, drawn pictures.
/// </summary>
internal static class PicturesCommand
{
    private const int Compared = 24, UnboundedRows = 1_000_000;
    private static readonly int[] Short = [1, 4, 24, 100], Full = [1, 4, 24, 100, 200, 500];

    /// <param name="args"><c>--full</c> for 200 and 500 pictures, too.</param>
    /// <returns>0 if all targets hold, 1 if one does not, 2 for anything else that was given.</returns>
    public static int Run(string[] args)
    {
        if (args is not ([] or ["--full"]))
        {
            Console.Error.WriteLine("'pictures' takes nothing, or --full for 200 and 500 pictures, too.");
            return 2;
        }
        foreach (string line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine();
        Console.WriteLine("| pictures | training | memory | file | prediction | AUROC |");
        Console.WriteLine("|---|---|---|---|---|---|");
        string folder = Directory.CreateTempSubdirectory("promptad-bench-").FullName;
        try
        {
            return Measure(folder, args.Length > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Measure(string folder, bool isFull)
    {
        string File(string name) => Path.Combine(folder, $"{name}.promptad");
        var costs = new Dictionary<int, PictureCost>();
        foreach (int pictures in isFull ? Full : Short)
        {
            PictureCost cost = costs[pictures] = PictureCost.MeasureApart(pictures, File($"{pictures}"));
            Print($"{pictures}", cost);
        }
        PictureCost unbounded = PictureCost.MeasureApart(Compared, File("unbounded"), UnboundedRows);
        Print($"{Compared}, without the bound", unbounded);
        int judged = isFull ? 200 : 100;
        PictureCost many = costs[judged];
        Console.WriteLine();
        return Claims.Print(
        [
            new Ratio($"training on {judged} pictures", Target.AtMost(120, " s"), () => many.Seconds),
            new Ratio($"memory of training on {judged} pictures", Target.AtMost(1.5, " GB"), () => many.Gigabytes),
            new Ratio($"prediction after {judged} pictures, by that after one", Target.AtMost(1.3, "x"),
                () => PictureCost.Pace(File($"{judged}"), File("1"))),
            new Ratio($"file of {judged} pictures", Target.AtMost(25, " MB"), () => many.Megabytes),
            new Ratio($"AUROC of {Compared} pictures, less that without the bound", Target.AtLeast(-0.5, ""),
                () => costs[Compared].Auroc - unbounded.Auroc),
        ]);
    }

    private static void Print(string pictures, PictureCost cost) => Console.WriteLine(FormattableString.Invariant(
        $"| {pictures} | {cost.Seconds:F1} s | {cost.Gigabytes:F2} GB | {cost.Megabytes:F1} MB | {cost.Milliseconds:F1} ms | {cost.Auroc:F1} |"));
}
