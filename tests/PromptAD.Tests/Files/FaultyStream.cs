namespace PromptAD.Tests.Files;

/// <summary>What goes wrong with a write.</summary>
public enum WriteFault
{
    /// <summary>The disk is full before the write.</summary>
    Full,

    /// <summary>Half of the write arrives.</summary>
    Torn,

    /// <summary>This write and all that follow are lost, and nobody is told.</summary>
    Lost,

    /// <summary>The write is well, but what was written cannot be flushed.</summary>
    Flush,
}

/// <summary>A file of which one write, the one <paramref name="at"/>, goes wrong.</summary>
/// <param name="file">The file; not closed with this.</param>
/// <param name="fault">What happens; null for nothing.</param>
/// <param name="at">The number of the write, from 0.</param>
internal sealed class FaultyStream(FileStream file, WriteFault? fault, int at) : Stream
{
    private const int NoSpace = 28;
    private long lost;

    /// <summary>The writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>Told the number of each write before it.</summary>
    public Action<int>? Before { get; init; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Length + lost;

    public override long Position { get => file.Position + lost; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int number = Writes++;
        Before?.Invoke(number);
        if (fault == WriteFault.Lost && number >= at)
        {
            lost += buffer.Length;
            return;
        }
        if (number == at && fault == WriteFault.Full) throw Full();
        if (number == at && fault == WriteFault.Torn)
        {
            file.Write(buffer[..(buffer.Length / 2)]);
            file.Flush();
            throw Full();
        }
        file.Write(buffer);
    }

    public override void Flush()
    {
        if (fault == WriteFault.Flush && Writes > at) throw Full();
        file.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static IOException Full() => new("No space left on device", NoSpace);
}
