using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace PromptAD.Files;

/// <summary>
/// Lets one writer at a time replace a file, among all processes and machines that see its folder: a hidden file beside it that the system
/// keeps locked. The lock ends with its process; a file that a killed process leaves locks nobody out and goes with the next writer.
/// </summary>
internal static class WriterLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until no other writer replaces the file; they take milliseconds.</summary>
    /// <param name="target">The file's full path.</param>
    /// <param name="patience">How long to wait; null for some seconds.</param>
    /// <exception cref="IOException">Another writer holds it for too long, or the folder cannot be written.</exception>
    public static IDisposable Take(string target, TimeSpan? patience = null)
    {
        string path = PathFor(target);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(path);
            }
            catch (Exception e) when (e is not DirectoryNotFoundException && e is IOException or UnauthorizedAccessException)
            {
                if (!File.Exists(path) && e is UnauthorizedAccessException && !OperatingSystem.IsWindows()) throw;
                if (Stopwatch.GetElapsedTime(start) < (patience ?? Patience)) Thread.Sleep(Pause);
                else throw new IOException("another program is writing it and does not finish", e);
            }
        }
    }

    /// <summary>A short name that all writers of the file agree on, whatever path leads them to its folder.</summary>
    public static string PathFor(string target)
    {
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(target).ToLowerInvariant());
        return Path.Combine(Path.GetDirectoryName(target)!, $".{Convert.ToHexStringLower(SHA256.HashData(name))[..8]}.lock");
    }

    private static FileStream Open(string path)
    {
        try
        {
            return Open(path, FileAccess.ReadWrite);
        }
        catch (UnauthorizedAccessException) when (File.Exists(path))
        {
            return Open(path, FileAccess.Read); // another user's, who was killed: reading is enough for a lock
        }
    }

    private static FileStream Open(string path, FileAccess access) =>
        new(path, FileMode.OpenOrCreate, access, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
}
