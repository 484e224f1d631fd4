namespace PromptAD.Cli;

/// <summary>
/// The library's errors and warnings in the words of the command line: options and commands where C# has properties and methods.
/// </summary>
internal static class Remedies
{
    private static readonly Dictionary<string, string> Options = new()
    {
        ["ReviewRate"] = "--review-rate",
        ["NGRate"] = "--ng-rate",
        ["PixelRate"] = "--pixel-rate",
        ["ReviewScore"] = "--review-score",
        ["NGScore"] = "--ng-score",
        ["PixelScore"] = "--pixel-score",
        ["MinimumArea"] = "--min-area",
        ["Novelty"] = "--novelty",
        ["Epochs"] = "--epochs",
        ["TopPatches"] = "--top-patches",
        ["TextWeight"] = "--text-weight",
        ["MemoryShifts"] = "--memory-shifts",
        ["MemoryRows"] = "--memory-rows",
        ["ExplainedVariance"] = "--explained-variance",
        ["SignificantBits"] = "--bits",
        ["MaxPicturePixels"] = "--pixel-limit",
        ["Poses.Turn"] = "The turn of --poses",
        ["Poses.MostRows"] = "--pose-rows",
        ["Tiles.Rows"] = "The number of rows of --tiles",
        ["Tiles.Columns"] = "The number of columns of --tiles",
        ["Shots"] = "--shots",
        ["Seeds"] = "--seeds",
        ["Most"] = "--most",
    };

    private static readonly Dictionary<string, string> Members = new()
    {
        ["PreprocessingOptions.MaxPicturePixels"] = "--pixel-limit",
        ["PreprocessingOptions.SignificantBits"] = "--bits",
        ["AnomalyDetector.SignificantBits"] = "--bits",
        ["FeedbackOptions.Force"] = "--force",
        ["ExportOptions.Replace"] = "--force",
        ["BackboneImportOptions.Overwrite"] = "--force",
        ["LimitOptions.NGScore"] = "--ng-score",
        ["LimitOptions.ReviewScore"] = "--review-score",
        ["MemoryTrainer"] = "--memory-only",
        ["MemoryTrainingOptions.Memory"] = "--memory subspace",
        ["BackboneStore.Open"] = "--backbone",
        ["BackboneStore.Check"] = "'promptad backbone info'",
        ["ResizeMode.Direct"] = "--resize direct",
        ["AnomalyDetector.RemoveReferenceDefect"] = "'promptad feedback <detector> --forget <picture>'",
        ["AnomalyDetector.Calibrate"] = "'promptad calibrate <detector> --good <pictures>'",
    };

    private const string CudaPackage = "Microsoft.ML.OnnxRuntime.Gpu";

    /// <summary>What a diagnostic says, with the command line's own remedy.</summary>
    public static string Of(Diagnostic diagnostic) => diagnostic is { Subject: { } subject, Given: { } given, Allowed: { } allowed }
        ? $"{Options.GetValueOrDefault(subject, subject)} is {given}; it must {allowed}."
        : diagnostic.Describe(NameOf);

    private static string? NameOf(Diagnostic diagnostic) => diagnostic.Option switch
    {
        "BackboneStore.PullAsync" => $"'promptad backbone pull {diagnostic.Subject}'",
        // A name from the network or a file may be anything, and a command is to be pasted.
        "BackboneStore.Import" => $"'promptad backbone import <file> --config {diagnostic.Subject}'",
        { } package when diagnostic.Subject == "cuda" && package.Contains(CudaPackage, StringComparison.Ordinal) =>
            "'dotnet build src/PromptAD.Cli -c Release -p:Cuda=true -o out' (CUDA 13 and cuDNN 9)",
        { } option => Members.GetValueOrDefault(option, option),
        null => null,
    };
}
