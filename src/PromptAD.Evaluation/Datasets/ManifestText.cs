using System.Text;

namespace PromptAD.Evaluation.Datasets;

/// <summary>Reads a manifest's text in the encoding that it is written in.</summary>
internal static class ManifestText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static ManifestText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>
    /// The text without a byte order mark: UTF-8, UTF-16 or UTF-32 where a mark says so, else UTF-8, or Windows-1252, in which Excel writes
    /// where the bytes are no UTF-8.
    /// </summary>
    public static (string Text, string Encoding) Read(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        foreach (Encoding marked in (Encoding[])[Encoding.UTF8, Encoding.UTF32, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            ReadOnlySpan<byte> mark = marked.Preamble;
            if (bytes.AsSpan().StartsWith(mark)) return (marked.GetString(bytes, mark.Length, bytes.Length - mark.Length), marked.WebName);
        }
        try
        {
            return (Strict.GetString(bytes), Strict.WebName);
        }
        catch (DecoderFallbackException)
        {
            Encoding western = Encoding.GetEncoding(1252);
            return (western.GetString(bytes), western.WebName);
        }
    }
}
