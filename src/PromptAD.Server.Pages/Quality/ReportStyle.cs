namespace PromptAD.Server.Pages.Quality;

/// <summary>How a report looks; part of each file, so that it needs no other.</summary>
public static class ReportStyle
{
    private const string Name = "PromptAD.Server.Pages.Quality.report.css";

    private static readonly Lazy<string> Read = new(() =>
    {
        using var reader = new StreamReader(typeof(ReportStyle).Assembly.GetManifestResourceStream(Name)!);
        return reader.ReadToEnd();
    });

    /// <summary>The style sheet.</summary>
    public static string Text => Read.Value;
}
