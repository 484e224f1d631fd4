namespace PromptAD.Evaluation.Reports;

/// <summary>How results are printed.</summary>
public enum ReportFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>CSV, a line a run.</summary>
    Csv,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>Markdown.</summary>
    Markdown,
}
