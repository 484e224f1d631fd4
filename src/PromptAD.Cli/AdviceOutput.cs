using PromptAD.Evaluation;
using PromptAD.Evaluation.Advising;
using PromptAD.Files;
using PromptAD.Wording;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Prints an advice for people, or for programs.</summary>
internal sealed class AdviceOutput(Advice advice, TrainCommandLine train)
{
    private const int FileColumns = 100;
    private static readonly string[] SizeNames = ["small", "medium", "large"];

    public const string Caution = "This is an estimate. Its defects were painted into copies of your good pictures; yours will look "
        + "different. It ranks options and promises nothing: measure with real defects as soon as you have some (promptad evaluate).";

    /// <summary>What a variant is called in tables.</summary>
    public static string NameOf(AdviceVariant variant) => variant.IsPlain
        ? Plural.Of(variant.Shots, "picture")
        : string.Join(' ', TrainCommandLine.OptionsOf(variant));

    /// <summary>The command that trains what is recommended.</summary>
    public string Command => train.Of(advice.Recommended.Variant, advice.ChoiceOf(advice.Recommended.Variant).Pictures);

    /// <param name="format">How it is printed.</param>
    /// <param name="file">Where to; null for standard output.</param>
    /// <param name="terminal">Where it is printed without a file.</param>
    public void Write(ResultFormat format, string? file, Terminal terminal)
    {
        if (file is null)
        {
            Write(format, terminal.Output, terminal.Results);
            return;
        }
        AtomicFile.WriteText(file, writer =>
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            });
            console.Profile.Width = FileColumns;
            Write(format, writer, console);
        });
    }

    private void Write(ResultFormat format, TextWriter writer, IAnsiConsole console)
    {
        if (format == ResultFormat.Json) JsonText.Copy(writer, stream => AdviceDocument.From(advice, Command).Write(stream));
        else if (format == ResultFormat.Csv) AdviceTable.WriteCsv(advice, writer);
        else WriteText(writer, console);
    }

    private void WriteText(TextWriter writer, IAnsiConsole console)
    {
        void Say(string text = "") => console.WriteLine(Terminal.OneLine(text));
        Say($"WHICH PICTURES TO LEARN FROM  (each of {advice.Pictures.Count} compared with the others)");
        foreach (ShotChoice choice in advice.Choices)
        {
            Say($"  {choice.Pictures.Count}: {string.Join(", ", ShortNames(choice.Pictures))}");
            Say($"     the other good pictures score {choice.Score:F4} to them; to the first {choice.Pictures.Count} given "
                + $"{choice.FirstScore:F4}, to {choice.Pictures.Count} drawn at random {choice.DrawnScore:F4} "
                + $"({choice.DrawnRange.Lower:F4} to {choice.DrawnRange.Upper:F4}). Less is better.");
        }
        foreach (OddPicture odd in advice.Odd)
        {
            Say($"  Look at {odd.Path}: it stands apart from all others ({odd.Score:F4}, usual is {odd.UsualScore:F4}) and was left "
                + "out. Is it a good part?");
        }
        Say();
        Say($"WHAT HELPS  ({advice.TestPictures.Count} good pictures that nothing learned from, {advice.Painted} copies with painted "
            + "defects)");
        console.Write(Accuracy());
        if (advice.Variants.Any(variant => variant.Turned is not null)) console.Write(Turned());
        Say("WHAT IT COSTS  (processor time, all cores added up)");
        console.Write(Cost());
        foreach (string remark in advice.Remarks) Say(remark);
        foreach (string sentence in Recommendation()) Say(sentence);
        Say();
        writer.WriteLine($"  {Terminal.OneLine(Command)}");
        Say();
        Say(Caution);
    }

    private IEnumerable<string> Recommendation()
    {
        VariantFigures best = advice.Recommended, plain = advice.Variants[0];
        yield return best.Variant switch
        {
            { IsPlain: false } => $"Recommended: {NameOf(best.Variant)} with {NameOf(plain.Variant)}. It gains "
                + $"{Points(best.Gain!.Value.Value)} points of image AUROC over plain training ({Range(best.Gain.Value)}), more than noise "
                + "explains.",
            { } fewer when best != plain => $"Recommended: {NameOf(fewer)}, plain training. More pictures were not better by more than a "
                + $"point, and no option was shown to gain more than noise and at least {LeastGains}.",
            _ => $"Recommended: {NameOf(plain.Variant)}, plain training. No option was shown to gain more than noise and at least "
                + $"{LeastGains}.",
        };
        if (TriedTiles)
        {
            yield return "Tiles rather find small defects and often lose large ones, so look at the column of your defects' size. With "
                + "real defects they were worse than estimated on most sets.";
        }
        if (advice.Variants.FirstOrDefault(variant => variant.TurnedGain is not null) is { TurnedGain: { } gain } posed && best != posed)
        {
            yield return AdviceRule.IsShown(gain, AdviceRule.LeastGain(posed.Variant), advice.TestPictures.Count)
                ? $"If your parts come turned, add {NameOf(posed.Variant)}: it gains {Points(gain.Value)} points ({Range(gain)}) on turned "
                    + "copies."
                : $"Even on turned copies {NameOf(posed.Variant)} was not shown to gain ({Points(gain.Value)} points, {Range(gain)}).";
        }
    }

    private bool TriedTiles => advice.Variants.Any(variant => variant.Variant.Tiles is not null);

    private string LeastGains => TriedTiles ? $"a point (tiles {AdviceRule.TilesPoint * 100:F0})" : "a point";

    private Table Accuracy()
    {
        Table table = NewTable().AddColumn(Left("tried")).AddColumn(Right("image\nAUROC")).AddColumn(Right("\ngain"))
            .AddColumn(Right("\n95 % of it"));
        foreach ((int i, double size) in advice.DefectSizes.Index()) table.AddColumn(Right($"{SizeNames[i]}\n{size * 100:0.#} %"));
        foreach (VariantFigures row in advice.Variants)
        {
            table.AddRow(
            [
                Marked(row), Percent(row.Image), row.Gain is { } gain ? Points(gain.Value) : "", row.Gain is { } own ? Range(own) : "",
                .. row.ImageBySize.Select(Percent),
            ]);
        }
        return table;
    }

    private Table Turned()
    {
        Table table = NewTable().AddColumn(Left("on copies turned by quarters")).AddColumn(Right("image\nAUROC"))
            .AddColumn(Right("\ngain")).AddColumn(Right("\n95 % of it"));
        foreach (VariantFigures row in advice.Variants)
        {
            if (row.Turned is not { } turned) continue;
            table.AddRow(
                NameOf(row.Variant), Percent(turned),
                row.TurnedGain is { } gain ? Points(gain.Value) : "", row.TurnedGain is { } own ? Range(own) : "");
        }
        return table;
    }

    private Table Cost()
    {
        Table table = NewTable().AddColumn(Left("tried")).AddColumn(Right("pixel\nAUROC")).AddColumn(Right("\ntraining"))
            .AddColumn(Right("a\nprediction")).AddColumn(Right("detector\nfile"));
        foreach (VariantFigures row in advice.Variants)
        {
            table.AddRow(
                Marked(row), Percent(row.Pixel), $"{row.Training.TotalSeconds:F1} s", $"{row.Prediction.TotalMilliseconds:F0} ms",
                $"{row.FileBytes / 1e6:F1} MB");
        }
        return table;
    }

    private string Marked(VariantFigures row) => $"{NameOf(row.Variant)}{(row == advice.Recommended ? " *" : "")}";

    /// <summary>File names alone where they tell the pictures apart.</summary>
    private IEnumerable<string> ShortNames(IReadOnlyList<string> paths)
    {
        bool areClear = advice.Pictures.Select(Path.GetFileName).Distinct().Count() == advice.Pictures.Count;
        return areClear ? paths.Select(path => Path.GetFileName(path)) : paths;
    }

    private static string Percent(double part) => $"{part * 100:F1}";

    private static string Points(double difference) => $"{difference * 100:+0.0;-0.0;0.0}";

    private static string Range(PairedDifference difference) =>
        $"{Points(difference.Interval.Lower)} to {Points(difference.Interval.Upper)}";

    private static Table NewTable() => new() { Border = TableBorder.Simple };

    private static TableColumn Left(string title) => new TableColumn(title).PadLeft(0).NoWrap();

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned().PadLeft(0).NoWrap();
}
