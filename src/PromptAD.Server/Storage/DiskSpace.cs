namespace PromptAD.Server.Storage;

/// <summary>
/// Room on the disk of the data folder. Some of it stays free, so that a full disk refuses pictures and stops nothing else.
/// </summary>
/// <param name="folder">The data folder.</param>
/// <param name="reserve">Bytes that stay free.</param>
internal sealed class DiskSpace(string folder, long reserve)
{
    private const int NoSpaceOnUnix = 28, FullOnWindows = unchecked((int)0x80070070), HandleFullOnWindows = unchecked((int)0x80070027);

    private readonly DriveInfo drive = new(folder);

    /// <summary>Bytes that stay free.</summary>
    public long Reserve => reserve;

    /// <summary>The size of the disk in bytes.</summary>
    public long Size => drive.TotalSize;

    /// <summary>Bytes that may still be written.</summary>
    public long Free => Math.Max(0, drive.AvailableFreeSpace - reserve);

    /// <exception cref="DiskFullException">There is no room for that many bytes.</exception>
    public void Demand(long bytes)
    {
        if (bytes <= Free) return;
        throw new DiskFullException(
            $"The disk of the data folder is full: {bytes} bytes are to be written, and {Free} are free beyond the {reserve} in reserve. "
            + "Free some space; nothing was kept.");
    }

    /// <summary>Runs what writes, and tells a full disk from other errors.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static void Watch(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (IsFull(e))
        {
            throw new DiskFullException("The disk of the data folder is full. Free some space; nothing was kept.", e);
        }
    }

    /// <summary>Whether an error, or one underneath, is that of a full disk, of a file or of the database.</summary>
    public static bool IsFull(Exception? error) => error switch
    {
        null => false,
        DiskFullException => true,
        IOException { HResult: NoSpaceOnUnix or FullOnWindows or HandleFullOnWindows } => true,
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 13 } => true,
        Npgsql.PostgresException { SqlState: "53100" } => true,
        _ => IsFull(error.InnerException),
    };
}
