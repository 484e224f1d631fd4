using System.Buffers;

namespace PromptAD.Imaging;

/// <summary>The bytes of an encoded picture while they are read, in borrowed memory.</summary>
internal sealed class EncodedBytes : IDisposable
{
    private byte[]? buffer;

    public EncodedBytes(int room) => buffer = ArrayPool<byte>.Shared.Rent(room);

    public int Length { get; private set; }

    /// <summary>Whether there is no room for another byte.</summary>
    public bool IsFull => Length == buffer!.Length;

    public ReadOnlySpan<byte> Span => buffer.AsSpan(0, Length);

    /// <summary>Makes room for so many bytes, and for twice those that are there where the limit allows it.</summary>
    public void Grow(long needed, long limit)
    {
        if (needed <= buffer!.Length) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit, Math.Max(needed, 2L * Length)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>Reads what the stream gives in one go, at most so many bytes; false at its end.</summary>
    public bool ReadSome(Stream stream, int most)
    {
        int read = stream.Read(buffer!, Length, Math.Min(most, buffer!.Length - Length));
        Length += read;
        return read > 0;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
