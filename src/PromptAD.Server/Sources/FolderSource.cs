using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PromptAD.Files;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sources;

/// <summary>
/// A watched folder. It is looked through again and again, sooner where the file system tells of a change. A file is read once it has kept
/// its length and time for a while and nobody writes it; path and content are written down, so that it is inspected once. Files are only
/// read.
/// </summary>
internal sealed class FolderSource(
    FolderOptions folder,
    ServiceOptions options,
    IDbContextFactory<ServiceContext> contexts,
    TimeProvider clock,
    Action<string, Exception?> tellTrouble) : IPictureSource
{
    private const int MostUnwritten = 50, AskedAtOnce = 200;
    private static readonly TimeSpan BeforeCutShort = TimeSpan.FromSeconds(10);

    private readonly TimeSpan poll = TimeSpan.FromSeconds(folder.PollSeconds), settle = TimeSpan.FromSeconds(folder.SettleSeconds);

    /// <summary>What was dealt with of the files that are there, by path: as it was then.</summary>
    private readonly Dictionary<string, FileLook> done = new(StringComparer.Ordinal);

    /// <summary>What is new and may still be written, by path: as it is, and since when.</summary>
    private readonly Dictionary<string, (FileLook Look, long Since)> fresh = new(StringComparer.Ordinal);

    private readonly List<FolderFileRow> unwritten = [];
    private string place = "";

    /// <inheritdoc/>
    public string Name => folder.Name;

    /// <inheritdoc/>
    public string Station => folder.Station ?? folder.Name;

    /// <inheritdoc/>
    public string? Product => folder.Product;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourcePicture> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // It may be begun again after another process has gone on with the folder; the database knows what was dealt with.
        done.Clear();
        fresh.Clear();
        unwritten.Clear();
        using var hint = new FolderHint(folder.Find(), folder.Subfolders);
        try
        {
            while (true)
            {
                foreach (string path in await LookAsync(cancellation))
                {
                    if (await ReadFileAsync(path, cancellation) is { } picture) yield return picture;
                }
                await WriteDownAsync();
                // What may still be written is looked at as soon as it may be ready.
                await hint.WaitAsync(fresh.Count > 0 && settle < poll ? settle : poll, cancellation);
            }
        }
        finally
        {
            await WriteDownAsync(); // who goes on with this folder has another source
        }
    }

    /// <inheritdoc/>
    public async Task DoneAsync(SourcePicture picture, InspectionRow? row, CancellationToken cancellation)
    {
        var file = (FileOrigin)picture.Origin;
        unwritten.Add(new FolderFileRow
        {
            Folder = Name,
            Path = file.Path,
            Hash = file.Hash,
            Length = file.Look.Length,
            Modified = file.Look.Modified,
            Inspection = row?.Id,
        });
        Forget(file.Path, file.Look);
        if (unwritten.Count >= MostUnwritten) await WriteDownAsync();
    }

    /// <summary>
    /// Writes many down at once, also while the source ends. What a kill prevents from being written down is read again, and found to be
    /// inspected by its key.
    /// </summary>
    private async Task WriteDownAsync()
    {
        if (unwritten.Count == 0) return;
        await using ServiceContext db = await contexts.CreateDbContextAsync(CancellationToken.None);
        db.FolderFiles.AddRange(unwritten);
        await db.SaveChangesAsync(CancellationToken.None);
        unwritten.Clear();
    }

    private void Forget(string path, FileLook look)
    {
        done[path] = look;
        fresh.Remove(path);
    }

    /// <summary>Asks the database for what was dealt with of files that are seen for the first time.</summary>
    private async Task LoadAsync(IEnumerable<string> paths, CancellationToken cancellation)
    {
        foreach (string[] some in paths.Chunk(AskedAtOnce))
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            await foreach (FolderFileRow row in db.FolderFiles.AsNoTracking()
                .Where(row => row.Folder == Name && some.Contains(row.Path)).AsAsyncEnumerable().WithCancellation(cancellation))
            {
                // Of a path that had several contents the latest counts.
                if (!done.TryGetValue(row.Path, out FileLook known) || known.Modified < row.Modified)
                    done[row.Path] = new FileLook(row.Length, row.Modified);
            }
        }
    }

    /// <summary>The files that may be read now, the oldest first.</summary>
    /// <exception cref="IOException">The folder is not there.</exception>
    private async Task<List<string>> LookAsync(CancellationToken cancellation)
    {
        var settings = new EnumerationOptions
        {
            RecurseSubdirectories = folder.Subfolders,
            IgnoreInaccessible = false,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        };
        // Below a root nothing leads elsewhere, also if a link was put there later.
        if (folder.Root is not null) settings.AttributesToSkip |= FileAttributes.ReparsePoint;
        place = folder.Find();
        Dictionary<string, FileLook> there = new(StringComparer.Ordinal);
        var files = new FileSystemEnumerable<FileInfo>(place, (ref entry) => (FileInfo)entry.ToFileSystemInfo(), settings)
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        foreach (FileInfo file in files)
        {
            string path = Path.GetRelativePath(place, file.FullName).Replace('\\', '/');
            if (!PictureFolder.IsPicture(path) || PictureFolder.IsHidden(path) || path.Length > FolderFileRow.LongestPath) continue;
            try
            {
                there[path] = new FileLook(file.Length, file.LastWriteTimeUtc.Ticks);
            }
            catch (FileNotFoundException)
            {
                // Gone meanwhile.
            }
        }
        await LoadAsync(there.Keys.Where(path => !done.ContainsKey(path) && !fresh.ContainsKey(path)), cancellation);
        List<(string Path, FileLook Look)> ready = [];
        foreach ((string path, FileLook look) in there)
        {
            if (done.TryGetValue(path, out FileLook known) && known == look) continue;
            if (!fresh.TryGetValue(path, out (FileLook Look, long Since) before) || before.Look != look)
                fresh[path] = before = (look, clock.GetTimestamp());
            if (look.Length > 0 && clock.GetElapsedTime(before.Since) >= settle) ready.Add((path, look));
        }
        foreach (string gone in fresh.Keys.Where(path => !there.ContainsKey(path)).ToList()) fresh.Remove(gone);
        foreach (string gone in done.Keys.Where(path => !there.ContainsKey(path)).ToList()) done.Remove(gone); // the database has it
        return [.. ready.OrderBy(one => one.Look.Modified).ThenBy(one => one.Path, StringComparer.Ordinal).Select(one => one.Path)];
    }

    /// <summary>A file's picture; null where it is still written, gone, or was inspected before.</summary>
    private async Task<SourcePicture?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        string whole = Path.GetFullPath(Path.Combine(place, path));
        byte[] bytes;
        FileLook look;
        try
        {
            // Nobody else may have it open: who writes it has not finished.
            if (LeadsElsewhere(whole, null)) return Linked(path);
            using var stream = new FileStream(whole, FileMode.Open, FileAccess.Read, FileShare.None);
            if (LeadsElsewhere(whole, stream)) return Linked(path);
            look = new FileLook(stream.Length, File.GetLastWriteTimeUtc(whole).Ticks);
            if (look.Length > options.MaxPictureMegabytes * 1_000_000L)
            {
                string line = $"The file has {look.Length} bytes; at most {options.MaxPictureMegabytes} MB are taken.";
                return await NewOrNullAsync(path, look, [], FileStore.HashOf(Encoding.UTF8.GetBytes(line)), line, cancellation);
            }
            bytes = new byte[look.Length];
            await stream.ReadExactlyAsync(bytes, cancellation);
            if (stream.ReadByte() >= 0) return null; // it grows
            if (!PictureEnd.IsThere(bytes) && IsYoung(path)) return null; // who writes it may pause
        }
        catch (Exception e) when (e is FileNotFoundException or EndOfStreamException || (e is IOException && File.Exists(whole)))
        {
            return null; // gone, or written by somebody; the next look tells
        }
        catch (UnauthorizedAccessException e)
        {
            tellTrouble($"{path}: {FolderTrouble.LineOf(e)}", e); // the others are read all the same
            return null;
        }
        return await NewOrNullAsync(path, look, bytes, FileStore.HashOf(bytes), null, cancellation);
    }

    /// <summary>
    /// Whether a file of a folder below a root is another one than its path says: a link may have been put in its place since the look.
    /// </summary>
    private bool LeadsElsewhere(string whole, FileStream? open)
    {
        if (folder.Root is null) return false;
        if (FolderRoot.Follow(whole) != whole) return true;
        // A link that was there for a moment only: Linux tells what was opened.
        return open is not null && OperatingSystem.IsLinux()
            && new FileInfo($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}").LinkTarget != whole;
    }

    /// <summary>Whether a file has changed lately, by this machine's clock: that of a network drive may be another one.</summary>
    private bool IsYoung(string path) =>
        fresh.TryGetValue(path, out (FileLook Look, long Since) seen) && clock.GetElapsedTime(seen.Since) < BeforeCutShort;

    private SourcePicture? Linked(string path)
    {
        tellTrouble($"{path}: A link was put in its place; files below a root are read where they lie alone.", null);
        return null;
    }

    private async Task<SourcePicture?> NewOrNullAsync(
        string path, FileLook look, byte[] bytes, string hash, string? refusal, CancellationToken cancellation)
    {
        if (unwritten.Exists(row => row.Path == path && row.Hash == hash)) await WriteDownAsync();
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        FolderFileRow? known = await db.FolderFiles.FirstOrDefaultAsync(
            row => row.Folder == Name && row.Path == path && row.Hash == hash, cancellation);
        if (known is null)
        {
            // The key is short whatever the path is; should the service end behind the inspection, it finds it again.
            string key = $"folder {Name} {FileStore.HashOf(Encoding.UTF8.GetBytes(path))[..32]} {hash}";
            string part = Path.GetFileNameWithoutExtension(path);
            return new SourcePicture(
                bytes, MediaOf(path), part[..Math.Min(part.Length, InspectionRow.LongestPart)], key, new FileOrigin(path, hash, look),
                refusal);
        }
        // The same content with another time: touched or copied again.
        (known.Length, known.Modified) = (look.Length, look.Modified);
        await db.SaveChangesAsync(cancellation);
        Forget(path, look);
        return null;
    }

    private static PictureMedia MediaOf(string path) => PictureMedia.Parse(Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".TIF" or ".TIFF" => "image/tiff",
        ".BMP" => "image/bmp",
        ".WEBP" => "image/webp",
        _ => null,
    });

    private readonly record struct FileLook(long Length, long Modified);

    private sealed record FileOrigin(string Path, string Hash, FileLook Look)
    {
        public override string ToString() => Path;
    }
}
