namespace PromptAD.Tests;

/// <summary>
/// A stream as a network gives it: it goes one way, in small pieces, and tells neither its length nor where it is. What is written to it is
/// collected.
/// </summary>
/// <param name="content">What can be read.</param>
/// <param name="reading">Told the number of each read, from 1.</param>
internal sealed class OneWayStream(byte[] content, Action<int>? reading = null) : Stream
{
    private const int Piece = 100;
    private readonly MemoryStream source = new(content), written = new();

    public int Reads { get; private set; }

    public bool IsClosed { get; private set; }

    public byte[] Written => written.ToArray();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        reading?.Invoke(++Reads);
        return source.Read(buffer, offset, Math.Min(count, Piece));
    }

    public override void Write(byte[] buffer, int offset, int count) => written.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }
}
