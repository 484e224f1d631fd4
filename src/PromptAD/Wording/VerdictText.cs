namespace PromptAD.Wording;

/// <summary>How verdicts and limits are written, in tables and for programs alike.</summary>
public static class VerdictText
{
    /// <summary>OK, REVIEW or NG; nothing where there is no verdict.</summary>
    public static string Of(Verdict? verdict) => verdict?.ToString().ToUpperInvariant() ?? "";

    /// <summary>guaranteed, estimated or given.</summary>
    public static string Of(LimitBasis basis) => basis.ToString().ToLowerInvariant();

    /// <summary>A limit and what it rests on.</summary>
    public static string Describe(Limit limit) => limit.Rate is { } rate
        ? $"{limit.Score:F4} ({Of(limit.Basis)}: {Percent(rate)} of good parts)"
        : $"{limit.Score:F4}";

    /// <summary>A rate in per cent.</summary>
    public static string Percent(double rate) => $"{rate * 100:0.####} %";
}
