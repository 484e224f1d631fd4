namespace PromptAD.Files;

/// <summary>Writes a file so that its name holds either the old content or the whole new one, never a part.</summary>
internal static class AtomicFile
{
    private const string Ending = ".tmp";

    /// <summary>
    /// Runs <paramref name="write"/> on a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it.
    /// </summary>
    /// <exception cref="PromptADException">The folder cannot be written or the disk is full. Nothing is left behind.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Guid.NewGuid():N}{Ending}";
        try
        {
            if (Directory.Exists(target)) throw new IOException("a folder of that name exists");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException($"Cannot write '{path}': {Reason(e)}. Choose a folder that can be written and has free space.", e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>The same with text: UTF-8 without a mark, lines that end with a line feed everywhere.</summary>
    /// <exception cref="PromptADException">As above.</exception>
    public static void WriteText(string path, Action<TextWriter> write) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Deletes what killed processes were writing in a folder. Nobody else may be writing there now.</summary>
    public static void SweepUp(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (string file in Directory.GetFiles(folder, $"*{Ending}").Where(IsTemporary)) TryDelete(file);
    }

    private static bool IsTemporary(string path) =>
        Guid.TryParseExact(Path.GetExtension(Path.GetFileNameWithoutExtension(path)).TrimStart('.'), "N", out _);

    /// <summary>The first line of an I/O error without its closing full stop and the path behind it, to be put into a sentence.</summary>
    public static string Reason(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0].Split(" : '")[0].TrimEnd('.', ' ');

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error says more than a failed clean-up.
        }
    }
}
