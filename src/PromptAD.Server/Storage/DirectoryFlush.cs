using System.Runtime.InteropServices;

namespace PromptAD.Server.Storage;

/// <summary>Brings the names in a folder to the disk, so that a renamed file is there after a power cut, too.</summary>
internal static partial class DirectoryFlush
{
    /// <summary>Does so where the system has a call for it; Windows keeps names in its journal by itself.</summary>
    public static void Of(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int handle = Open(folder, flags: 0);
        if (handle < 0) return; // the file itself is flushed; some network drives know no more
        _ = Synchronize(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
