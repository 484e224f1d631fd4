using PromptAD.Wording;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Shows the limits of a detector.</summary>
internal static class LimitTable
{
    /// <summary>The limits in one line for the person at the terminal.</summary>
    public static void Say(Limits limits, Terminal terminal) => terminal.Say(
        $"Limits: REVIEW above {VerdictText.Describe(limits.Review)}, NG above {VerdictText.Describe(limits.NG)}, "
        + $"regions above {VerdictText.Describe(limits.Pixel)}");

    /// <summary>The three limits and what they are called.</summary>
    public static IReadOnlyList<(string Name, Limit Limit)> Named(Limits limits) =>
        [("review", limits.Review), ("NG", limits.NG), ("pixel", limits.Pixel)];

    /// <summary>A row for each limit.</summary>
    public static void Print(Limits limits, Terminal terminal)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn("limit").AddColumn(new TableColumn("score").RightAligned()).AddColumn(new TableColumn("normalised").RightAligned())
            .AddColumn(new TableColumn("good parts above").RightAligned()).AddColumn("the rate is");
        Add("review", limits.Review, $"{limits.Normalize(limits.Review.Score):F4}");
        Add("NG", limits.NG, $"{limits.Normalize(limits.NG.Score):F4}");
        Add("pixel", limits.Pixel, "");
        terminal.Results.Write(table);
        if (limits.MinimumArea > 0) terminal.Print($"Regions of fewer than {limits.MinimumArea:0.#} pixels are left out.");

        void Add(string name, Limit limit, string normalised) => table.AddRow(
            name, $"{limit.Score:F4}", normalised, limit.Rate is { } rate ? VerdictText.Percent(rate) : "",
            limit.Basis == LimitBasis.Given ? "not known: set by hand" : VerdictText.Of(limit.Basis));
    }

    /// <summary>The scores as a histogram on its side, with the limits where they lie; a row has what is nearest to its number.</summary>
    /// <param name="scores">Scores of good pictures.</param>
    /// <param name="marks">Limits and their names.</param>
    /// <param name="terminal">Where it is printed.</param>
    public static void PrintHistogram(IReadOnlyList<float> scores, IReadOnlyList<(string Name, float Score)> marks, Terminal terminal)
    {
        const int rows = 16, widest = 50;
        double low = Math.Min(scores.Min(), marks.Min(mark => mark.Score)), high = Math.Max(scores.Max(), marks.Max(mark => mark.Score));
        double step = Math.Max(1e-4, (high - low) / (rows - 1));
        int Row(float score) => (int)Math.Round((score - low) / step);
        ILookup<int, float> byRow = scores.ToLookup(Row);
        int most = byRow.Max(row => row.Count());
        for (int row = 0; row < rows; row++)
        {
            int count = byRow[row].Count(), length = (int)Math.Ceiling((double)count * widest / most);
            string names = string.Join(", ", marks.Where(mark => Row(mark.Score) == row).Select(mark => $"{mark.Name} {mark.Score:F4}"));
            terminal.Print($"{low + (row * step):F4}  {(count > 0 ? count : ""),5}  "
                + $"{new string('#', length)}{(names.Length > 0 ? $"  <- {names}" : "")}");
        }
    }
}
