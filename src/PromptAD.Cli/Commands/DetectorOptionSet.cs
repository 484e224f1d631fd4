using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary>The detector that a command judges pictures with: its file, and the options it is opened with.</summary>
internal sealed class DetectorOptionSet
{
    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<ExecutionProvider> provider = CommonOptions.Provider();
    private readonly Option<long?> pixelLimit = CommonOptions.MaxPicturePixels();
    private readonly Option<int?> bits = CommonOptions.Bits();

    public DetectorOptionSet(string description)
    {
        File = new Argument<string>("detector") { Description = description };
        File.Validators.Add(CommonOptions.CheckPaths);
    }

    /// <summary>The detector's file, an argument of the command.</summary>
    public Argument<string> File { get; }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[store, threads, provider, pixelLimit, bits]) command.Add(option);
    }

    /// <exception cref="PromptADException">The file or its backbone cannot be opened.</exception>
    public AnomalyDetector Open(ParseResult parsed, Terminal terminal)
    {
        var encoder = new EncoderOptions { Threads = parsed.GetValue(threads), Provider = parsed.GetValue(provider) };
        var detector = AnomalyDetector.Load(parsed.GetRequiredValue(File), encoder, new BackboneStore(parsed.GetValue(store)));
        if (parsed.GetValue(pixelLimit) is { } limit) detector.MaxPicturePixels = limit;
        if (parsed.GetValue(bits) is { } significant) detector.SignificantBits = significant;
        CommonOptions.WarnIfGenerated(terminal, detector.Info.HasGeneratedBackbone);
        CommonOptions.WarnIfTrial(terminal, detector.Info.BackboneId);
        CommonOptions.WarnIfSlow(terminal, detector.Precision, encoder.Provider);
        return detector;
    }

    /// <summary>Says that there will be no verdicts, where the detector has no limits, and how it gets some.</summary>
    public void WarnWithoutLimits(AnomalyDetector detector, ParseResult parsed, Terminal terminal)
    {
        if (detector.Limits is not null) return;
        terminal.Warn($"the detector has no limits, so there are no verdicts; 'promptad calibrate "
            + $"{parsed.GetRequiredValue(File)} --good <pictures>' finds them.");
    }
}
