using PromptAD.Files;

namespace PromptAD.Cli;

/// <summary>A folder that results go to.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if need be, and tries to write in it, so that long work does not end in an error.</summary>
    /// <exception cref="PromptADException">The folder cannot be made or written.</exception>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string trial = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            File.Create(trial, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                $"Cannot write to the folder '{folder}': {AtomicFile.Reason(e)}. Choose a folder that can be written.", e);
        }
    }

    /// <summary>Finds out before long work, not after it, that a file cannot be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What it will hold, with its article.</param>
    /// <param name="example">A file name for it.</param>
    /// <exception cref="PromptADException">It is a folder, or its folder cannot be made or written.</exception>
    public static void CreateFor(string file, string what, string example)
    {
        if (Directory.Exists(file))
            throw new PromptADException($"'{file}' is a folder; give {what} a file name, such as '{Path.Combine(file, example)}'.");
        Create(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }
}
