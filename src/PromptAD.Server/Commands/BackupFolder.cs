using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PromptAD.Files;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Commands;

/// <summary>
/// A backup: SQLite's database as it was at one moment, and every file that it names. Files never change, so later backups into the same
/// folder copy new ones alone. PostgreSQL has tools of its own; then the files alone are copied.
/// </summary>
internal static class BackupFolder
{
    private const string Files = "files";

    /// <summary>Writes a backup, also while the service runs.</summary>
    /// <returns>How many files were copied, and a line for each that is damaged; the others are copied all the same.</returns>
    /// <exception cref="PromptADException">There is no database, or the folder cannot be written.</exception>
    public static (int Copied, IReadOnlyList<string> Lost) Write(string folder, ServiceOptions options, FileStore store) => Tell(
        folder, () => Copy(folder, options, store));

    private static (int Copied, IReadOnlyList<string> Lost) Copy(string folder, ServiceOptions options, FileStore store)
    {
        string database = Path.Combine(options.DataFolder, DatabaseSetup.FileName);
        if (options.Database is null && !File.Exists(database))
            throw new PromptADException(Problem.Missing, $"There is no database '{database}'; name the data folder with --data.");
        Directory.CreateDirectory(folder);
        // The database first: files that come later are named by nothing in it.
        if (options.Database is null)
            AtomicFile.Write(Path.Combine(folder, DatabaseSetup.FileName), stream => CopyDatabase(database, stream));
        int copied = 0;
        var lost = new List<string>();
        foreach ((string hash, _) in store.All())
        {
            string target = Path.Combine(folder, Files, hash[..2], hash);
            if (File.Exists(target) || !store.Has(hash)) continue; // the latter went meanwhile
            byte[] content;
            try
            {
                content = store.Read(hash);
            }
            catch (LostFileException e)
            {
                if (store.Has(hash)) lost.Add(e.Message); // else it went meanwhile
                continue;
            }
            AtomicFile.Write(target, stream => stream.Write(content));
            copied++;
        }
        return (copied, lost);
    }

    /// <summary>Brings a backup into an empty data folder, and its files into the store.</summary>
    /// <returns>A line for each file that is damaged; it is not brought back.</returns>
    /// <exception cref="PromptADException">There is no backup, or the data folder is not empty.</exception>
    public static IReadOnlyList<string> Restore(string folder, ServiceOptions options, DiskSpace space) => Tell(options.DataFolder, () =>
    {
        string database = Path.Combine(folder, DatabaseSetup.FileName), files = Path.Combine(folder, Files);
        if (!Directory.Exists(files) || (options.Database is null && !File.Exists(database)))
            throw new PromptADException(
                Problem.Missing, $"'{folder}' is no backup of this service: it has no {DatabaseSetup.FileName} and {Files}.");
        if (Directory.EnumerateFileSystemEntries(options.DataFolder).Any())
        {
            throw new PromptADException(
                Problem.AlreadyExists,
                $"The data folder '{options.DataFolder}' is not empty; name another one with --data, or move it away.");
        }
        FileStore store = FileStore.Open(options, space, NullLogger.Instance);
        var damaged = new List<string>();
        foreach (string path in Directory.EnumerateFiles(files, new string('?', FileStore.HashLength), SearchOption.AllDirectories))
        {
            byte[] content = File.ReadAllBytes(path);
            if (FileStore.HashOf(content) == Path.GetFileName(path)) store.Keep(content);
            else damaged.Add($"The file '{path}' holds other bytes than were backed up; it is left out.");
        }
        // The database last: while it is missing, the restored folder is none.
        if (options.Database is null)
        {
            AtomicFile.Write(Path.Combine(options.DataFolder, DatabaseSetup.FileName), stream =>
            {
                using FileStream from = File.OpenRead(database);
                from.CopyTo(stream);
            });
        }
        return damaged;
    });

    private static void CopyDatabase(string database, Stream to)
    {
        string copy = Path.Combine(Directory.CreateTempSubdirectory("promptad-backup-").FullName, DatabaseSetup.FileName);
        try
        {
            using (var from = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadWrite }.ConnectionString))
            using (var target = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ConnectionString))
            {
                from.Open();
                target.Open();
                from.BackupDatabase(target);
            }
            using FileStream stream = File.OpenRead(copy);
            stream.CopyTo(to);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    private static T Tell<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LostFileException)
        {
            throw new PromptADException(Problem.Unwritable, $"'{folder}' cannot be written: {e.Message}", e);
        }
    }
}
