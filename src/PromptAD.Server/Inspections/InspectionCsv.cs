using System.Buffers;
using System.Globalization;
using System.Text;
using PromptAD.Client;

namespace PromptAD.Server.Inspections;

/// <summary>Inspections as CSV (RFC 4180), for reports and spreadsheets.</summary>
internal static class InspectionCsv
{
    private const string Header =
        "id,received,product,version,station,part,state,verdict,score,review_limit,ng_limit,regions,largest_area,review,reviewed_by,error,"
        + "marked";

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a line an inspection.</summary>
    public static async Task WriteAsync(Stream stream, IAsyncEnumerable<InspectionRow> rows, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.NewLine = "\r\n";
        await writer.WriteLineAsync(Header.AsMemory(), cancellation);
        await foreach (InspectionRow row in rows.WithCancellation(cancellation))
        {
            InspectionResult one = Finding.Read(row);
            await writer.WriteLineAsync(string.Join(',', Values(one)).AsMemory(), cancellation);
        }
    }

    private static IEnumerable<string> Values(InspectionResult one) =>
    [
        $"{one.Id}", one.Received.ToString("O", CultureInfo.InvariantCulture), one.Product, $"{one.Version}", Text(one.Station),
        Text(one.Part), $"{one.State}".ToLowerInvariant(), one.Verdict is { } verdict ? $"{verdict}".ToUpperInvariant() : "",
        Number(one.Score), Number(one.Limits?.Review), Number(one.Limits?.NG), $"{one.Regions.Count}",
        one.Regions.Count > 0 ? Number(one.Regions.Max(region => region.Area)) : "",
        one.Review is { } review ? $"{review}".ToLowerInvariant() : "", Text(one.ReviewedBy), Text(one.Error), $"{one.Where.Count}",
    ];

    private static string Number(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Number(float? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>Text that a spreadsheet takes for text: a formula from a sender's part name must not run there.</summary>
    private static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        string plain = text[0] is '=' or '+' or '-' or '@' or '\t' ? $"'{text}" : text;
        return plain.AsSpan().ContainsAny(Special) ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }
}
