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
        var costs = new Dictionary<int, PictureCost>();
        foreach (int pictures in args.Length > 0 ? Full : Short)
        {
            PictureCost cost = costs[pictures] = PictureCost.MeasureApart(pictures);
            Print($"{pictures}", cost);
        }
        PictureCost unbounded = PictureCost.MeasureApart(Compared, UnboundedRows);
        Print($"{Compared}, without the bound", unbounded);
        int judged = args.Length > 0 ? 200 : 100;
        PictureCost one = costs[1], many = costs[judged];
        (string Name, double Value, Target Target)[] claims =
        [
            ($"training on {judged} pictures", many.Seconds, Target.AtMost(120, " s")),
            ($"memory of training on {judged} pictures", many.Gigabytes, Target.AtMost(1.5, " GB")),
            ($"prediction after {judged} pictures, by that after one", many.Milliseconds / one.Milliseconds, Target.AtMost(1.3, "x")),
            ($"file of {judged} pictures", many.Megabytes, Target.AtMost(25, " MB")),
            ($"AUROC of {Compared} pictures, less that without the bound", costs[Compared].Auroc - unbounded.Auroc, Target.AtLeast(-0.5, "")),
        ];
        Console.WriteLine();
        Console.WriteLine($"{"name",-58} {"value",10}   {"target",-17} holds");
        foreach ((string name, double value, Target target) in claims)
            Console.WriteLine($"{name,-58} {target.Print(value),10}   {target,-17} {(target.IsReachedBy(value) ? "yes" : "NO")}");
        return claims.All(claim => claim.Target.IsReachedBy(claim.Value)) ? 0 : 1;
    }

    private static void Print(string pictures, PictureCost cost) => Console.WriteLine(FormattableString.Invariant(
        $"| {pictures} | {cost.Seconds:F1} s | {cost.Gigabytes:F2} GB | {cost.Megabytes:F1} MB | {cost.Milliseconds:F1} ms | {cost.Auroc:F1} |"));
}
