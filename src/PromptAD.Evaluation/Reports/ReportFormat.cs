namespace PromptAD.Evaluation.Reports;

/// <summary>How results are printed.</summary>
internal enum ReportFormat
{
    Table,
    Csv,
    Json,
    Markdown,
}
