using System.Buffers;
using System.Security.Cryptography;

namespace PromptAD.Files;

/// <summary>Writes a file so that its name holds either the old content or the whole new one, never a part.</summary>
public static class AtomicFile
{
    private const string Ending = ".tmp";
    private const int Digits = 8;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// Tests put a stream that fails between what writes and its file, for their own flow of control alone; null outside of tests.
    /// </summary>
    internal static AsyncLocal<Func<FileStream, Stream>?> Between { get; } = new();

    /// <summary>Whether two full paths are the same file's.</summary>
    public static StringComparer PathComparer { get; } =
        OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>
    /// Runs <paramref name="write"/> on a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it. Where the
    /// path is a symbolic link, the file that it leads to is replaced.
    /// </summary>
    /// <exception cref="PromptADException">
    /// The file is read-only, the folder cannot be written or the disk is full. Nothing is left behind.
    /// </exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, check: null);

    /// <summary>The same, and lets nobody else who comes this way replace the file between a check and the renaming.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="check">Looks at the file, whose full path it is given, and throws where it must stay; null to replace anything.</param>
    /// <exception cref="PromptADException">As above, another program does not finish writing it, or as the check says.</exception>
    public static void Write(string path, Action<Stream> write, Action<string>? check)
    {
        RefuseReadOnly(path);
        string temporary = "";
        try
        {
            string target = TargetOf(path);
            temporary = Path.Combine(Path.GetDirectoryName(target)!, NewName());
            if (Directory.Exists(target)) throw new IOException("a folder of that name exists");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            long length = WriteWhole(temporary, write);
            // Some disks, such as those of other machines, take less than they say; and much can have happened while it was written.
            long taken = new FileInfo(temporary).Length;
            if (taken != length) throw new IOException($"the disk has kept {taken} of {length} bytes");
            RefuseReadOnly(path);
            using IDisposable? turn = check is null ? null : WriterLock.Take(target);
            check?.Invoke(target);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable,
                $"Cannot write '{path}': {Reason(e)}. Choose a folder that can be written and has free space.", e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Finds out before long work, not after it, that a file must not be replaced.</summary>
    /// <exception cref="PromptADException">The file is read-only.</exception>
    public static void RefuseReadOnly(string path)
    {
        try
        {
            // Replacing needs leave to write in the folder only, but who protects a file does not want it replaced.
            var target = new FileInfo(TargetOf(path));
            if (!target.Exists || !target.IsReadOnly) return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // writing says more
        }
        throw new PromptADException(
            Problem.Unwritable,
            $"Cannot write '{path}': the file is read-only. Make it writable, or give another name.");
    }

    /// <summary>The full path of the file that a path leads to through symbolic links, whether it is there or not.</summary>
    /// <exception cref="IOException">The links go round.</exception>
    public static string TargetOf(string path)
    {
        string full = Path.GetFullPath(path); // a link is looked for beside the full path alone
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
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

    /// <summary>
    /// A name for a file beside the one that is written: hidden, short so that it fits wherever a long name does, and as good as unique.
    /// </summary>
    public static string NewName() => $".{RandomNumberGenerator.GetHexString(Digits, lowercase: true)}{Ending}";

    /// <summary>Writes a new file down to the disk.</summary>
    /// <returns>The bytes that were written.</returns>
    private static long WriteWhole(string temporary, Action<Stream> write)
    {
        using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite);
        using Stream stream = Between.Value?.Invoke(file) ?? file;
        write(stream);
        stream.Flush();
        file.Flush(flushToDisk: true);
        return stream.Length;
    }

    private static bool IsTemporary(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.Length == Digits + 1 && name[0] == '.' && name.AsSpan(1).IndexOfAnyExcept(HexDigits) < 0;
    }

    /// <summary>Of what kind a failed reading is: that of a file that is not there, or of one that cannot be read.</summary>
    internal static Problem ProblemOf(Exception e) =>
        e is FileNotFoundException or DirectoryNotFoundException ? Problem.Missing : Problem.Unreadable;

    /// <summary>The first line of an I/O error without its closing full stop and the path behind it, to be put into a sentence.</summary>
    public static string Reason(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0].Split(" : '")[0].TrimEnd('.', ' ');

    private static void TryDelete(string path)
    {
        if (path.Length == 0) return;
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
