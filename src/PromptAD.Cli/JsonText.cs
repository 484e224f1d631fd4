using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PromptAD.Cli;

/// <summary>Prints JSON for programs.</summary>
internal static class JsonText
{
    // Not for a web page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints what is written, indented, and ends the line.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> write) => Copy(output, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, Indented);
        write(writer);
    });

    /// <summary>The same of JSON that is written as UTF-8 bytes.</summary>
    public static void Copy(TextWriter output, Action<Stream> write)
    {
        using var buffer = new MemoryStream();
        write(buffer);
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
