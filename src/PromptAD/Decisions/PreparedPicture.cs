using System.Buffers;

namespace PromptAD.Decisions;

/// <summary>A picture as the encoder reads it, in borrowed memory, and what is known of it so far.</summary>
/// <param name="predictor">Who has prepared it, and is to score it.</param>
/// <param name="rented">The pixel values, (3, size, size), in a longer array, which goes back to the pool.</param>
/// <param name="length">How many they are.</param>
/// <param name="width">The picture's own width.</param>
/// <param name="height">The picture's own height.</param>
/// <param name="decode">How long decoding took.</param>
/// <param name="prepare">How long resizing took.</param>
internal sealed class PreparedPicture(
    Predictor predictor, byte[] rented, int length, int width, int height, TimeSpan decode, TimeSpan prepare) : IDisposable
{
    private byte[]? rented = rented;

    public Predictor Predictor => predictor;

    public ReadOnlySpan<byte> Pixels => rented.AsSpan(0, length);

    public int Width => width;

    public int Height => height;

    /// <summary>The warning of its file; null for none.</summary>
    public Diagnostic? Warning { get; init; }

    /// <summary>What the picture is called, where it has one colour all over and so shows no part; else null.</summary>
    public string? PlainName { get; init; }

    public IReadOnlyList<Diagnostic> Warnings => Warning is null ? [] : [Warning];

    public TimeSpan Decode => decode;

    public TimeSpan Prepare => prepare;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, null) is { } back) ArrayPool<byte>.Shared.Return(back);
    }
}
