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
        string nearest = NearestOf(folder);
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
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{file}' is a folder; give {what} a file name, such as '{Path.Combine(file, example)}'.");
        Check(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>Finds out before long work, not after it, that the disk has no room for a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What it will hold, with its article.</param>
    /// <param name="bytes">How many bytes it takes at least.</param>
    /// <exception cref="PromptADException">The disk has less room.</exception>
    public static void CheckSpaceFor(string file, string what, long bytes)
    {
        string nearest = NearestOf(Path.GetDirectoryName(Path.GetFullPath(file))!);
        long free;
        try
        {
            free = new DriveInfo(nearest).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return; // a network share may not say; writing does
        }
        if (free >= bytes) return;
        throw new PromptADException(
            Problem.Unwritable,
            $"Cannot write '{file}': {free / Megabyte:0.#} MB are free there, and {what} takes at least {bytes / Megabyte:0.#} MB. Make "
            + "room, or choose another disk.");
    }

    private const double Megabyte = 1e6;

    private static string NearestOf(string folder)
    {
        string nearest = Path.GetFullPath(folder);
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent) nearest = parent;
        return nearest;
    }

    private static void Try(string folder, Func<string> existing)
    {
        try
        {
            string trial = Path.Combine(existing(), AtomicFile.NewName());
            File.Create(trial, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable,
                $"Cannot write to the folder '{folder}': {AtomicFile.Reason(e)}. Choose a folder that can be written.", e);
        }
    }
}
