using PromptAD.Files;

namespace PromptAD.Cli;

/// <summary>A folder that results go to.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if need be, and tries to write in it, so that long work does not end in an error.</summary>
    /// <exception cref="PromptADException">The folder cannot be made or written.</exception>
    public static void Create(string folder) => Try(folder, () =>
    {
        Directory.CreateDirectory(folder);
        return folder;
    });

    /// <summary>Finds out before long work, not after it, that a folder cannot be made or written; makes none.</summary>
    /// <exception cref="PromptADException">The folder cannot be made or written.</exception>
    public static void Check(string folder) => Try(folder, () =>
    {
        string nearest = Path.GetFullPath(folder);
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent) nearest = parent;
        if (!Directory.Exists(nearest)) throw new IOException("a file of that name exists");
        return nearest;
    });

    /// <summary>Finds out before long work, not after it, that a file cannot be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What it will hold, with its article.</param>
    /// <param name="example">A file name for it.</param>
    /// <exception cref="PromptADException">It is a folder, or its folder cannot be made or written.</exception>
    public static void CheckFor(string file, string what, string example)
    {
        if (Directory.Exists(file))
            throw new PromptADException($"'{file}' is a folder; give {what} a file name, such as '{Path.Combine(file, example)}'.");
        Check(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    private static void Try(string folder, Func<string> existing)
    {
        try
        {
            string trial = Path.Combine(existing(), $".{Guid.NewGuid():N}.tmp");
            File.Create(trial, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                $"Cannot write to the folder '{folder}': {AtomicFile.Reason(e)}. Choose a folder that can be written.", e);
        }
    }
}
