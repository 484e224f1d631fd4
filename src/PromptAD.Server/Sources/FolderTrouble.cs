using PromptAD.Server.Storage;

namespace PromptAD.Server.Sources;

/// <summary>
/// What is told of a folder or file that cannot be read. Operators see it, so it names no path of the machine; the log has the whole.
/// </summary>
internal static class FolderTrouble
{
    /// <summary>Whether an error is of the file system, and not of a full disk.</summary>
    public static bool Is(Exception error) => error is (IOException or UnauthorizedAccessException) && !DiskSpace.IsFull(error);

    /// <summary>One line for an error of the file system.</summary>
    public static string LineOf(Exception error) => error switch
    {
        FolderTroubleException => error.Message,
        DirectoryNotFoundException or FileNotFoundException => "The folder is not there; it is looked for again.",
        UnauthorizedAccessException => "The service's user may not read it; give it the right to.",
        _ => "It cannot be read now; it is tried again. The service's log has the reason.",
    };
}

/// <summary>A folder that is not watched as it is set up; the message names no path of the machine.</summary>
internal sealed class FolderTroubleException(string message) : IOException(message);
