using System.Text;

namespace PromptAD.Cli;

/// <summary>Prints JSON for programs.</summary>
internal static class JsonText
{
    /// <summary>Prints JSON that is written as UTF-8 bytes, and ends the line.</summary>
    public static void Copy(TextWriter output, Action<Stream> write)
    {
        using var buffer = new MemoryStream();
        write(buffer);
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
