namespace PromptAD.Wording;

/// <summary>How options of scoring are told to people.</summary>
public static class ScoringText
{
    /// <summary>How words and memory become one score.</summary>
    public static string Of(ScoreFusion fusion) => fusion switch
    {
        ScoreFusion.Harmonic => "1/(1/text + 1/visual), as published",
        ScoreFusion.CommonScale => "text and visual on a common scale",
        _ => $"{fusion}",
    };

    /// <summary>How the checkpoint's temperature is used.</summary>
    public static string Of(LogitScaleUse use) => use switch
    {
        LogitScaleUse.AsStored => "as the checkpoint stores it",
        LogitScaleUse.Exponential => "its exponential",
        _ => $"{use}",
    };

    /// <summary>How much words count in a score beside the memory.</summary>
    public static string Words(ScoringOptions scoring)
    {
        if (!scoring.CountsWords()) return "words do not count";
        if (scoring.Fusion != ScoreFusion.CommonScale) return "words and memory count alike";
        string token = scoring.ClassToken == false ? ", of patches alone" : "";
        return $"words weigh {scoring.TextWeight ?? 1:0.##} beside the memory's 1{token}";
    }
}
