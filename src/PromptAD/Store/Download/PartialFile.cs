using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Files;

namespace PromptAD.Store.Download;

/// <summary>
/// The bytes of a download that has not ended, <c>name.part</c>, and beside it <c>name.part.json</c>, which says what they are a part of.
/// The stream is not shared, so two programs cannot write the same file.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string destination;
    private readonly FileStream stream;
    private bool released;

    /// <summary>Opens what an earlier download of <paramref name="address"/> left, or an empty file.</summary>
    public PartialFile(string destination, Uri address)
    {
        this.destination = destination;
        stream = new FileStream(
            destination + ".part", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        State = ReadState(destination) is { } left && left.Address == address ? left : new PartialState(address);
        if (!CanResume) stream.SetLength(0);
        stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>What the bytes are a part of.</summary>
    public PartialState State { get; private set; }

    /// <summary>The bytes that are there.</summary>
    public long Length => stream.Length;

    public bool IsComplete => Length == State.Total;

    /// <summary>True where a server can be asked for the rest in a way that notices if the file has changed since.</summary>
    public bool CanResume => Length > 0 && State.HasValidator;

    /// <summary>Drops all bytes: what comes now is a part of something else, of which only the address is known unless told.</summary>
    public void Restart(PartialState? next = null)
    {
        stream.SetLength(0);
        Remember(next ?? new PartialState(State.Address));
    }

    /// <summary>Keeps the bytes and what is now known about the whole.</summary>
    public void Remember(PartialState next)
    {
        State = next;
        if (next.HasValidator) AtomicFile.Write(StatePath(destination), output => JsonSerializer.Serialize(output, next));
        else File.Delete(StatePath(destination));
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => stream.WriteAsync(bytes, cancellation);

    /// <summary>The SHA-256 of all bytes in lower-case hex.</summary>
    public async Task<string> HashAsync(CancellationToken cancellation)
    {
        stream.Seek(0, SeekOrigin.Begin);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    /// <summary>Gives the bytes, which are the whole file, their name.</summary>
    public void Complete()
    {
        stream.Flush(flushToDisk: true);
        Release();
        File.Move(stream.Name, destination, overwrite: true);
        File.Delete(StatePath(destination));
    }

    /// <summary>Removes the bytes and what is known about them.</summary>
    public void Delete()
    {
        Release();
        File.Delete(stream.Name);
        File.Delete(StatePath(destination));
    }

    /// <summary>Leaves the bytes for the next download, unless it could not use them.</summary>
    public void Dispose()
    {
        if (released) return;
        if (CanResume) Release();
        else Delete();
    }

    private void Release()
    {
        released = true;
        stream.Dispose();
    }

    private static string StatePath(string destination) => destination + ".part.json";

    private static PartialState? ReadState(string destination)
    {
        try
        {
            var state = JsonSerializer.Deserialize<PartialState>(File.ReadAllText(StatePath(destination)));
            if (state?.EntityTag is not { } text) return state;
            return EntityTagHeaderValue.TryParse(text, out EntityTagHeaderValue? tag) && !tag.IsWeak ? state : null;
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>What is known of a file that is being downloaded.</summary>
/// <param name="Address">Where it was asked for, before any redirection.</param>
/// <param name="EntityTag">The server's strong mark of this version.</param>
/// <param name="LastModified">The server's date of this version.</param>
/// <param name="Total">Its size in bytes.</param>
internal sealed record PartialState(Uri Address, string? EntityTag = null, DateTimeOffset? LastModified = null, long? Total = null)
{
    /// <summary>True where the server gave something to recognise this version by.</summary>
    [JsonIgnore]
    public bool HasValidator => EntityTag is not null || LastModified is not null;
}
