using System.Buffers.Binary;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>
/// Decodes JPEGs that lack nothing but their end mark. The codec fills up what is missing without a word once it finds a mark, so a picture
/// counts as whole if its pixels depend on its last bytes, but not on what follows them.
/// </summary>
public static class UnendedJpeg
{
    private const byte Marker = 0xFF, FirstFrame = 0xC0, LastFrame = 0xCF, HuffmanTables = 0xC4, Extension = 0xC8, Arithmetic = 0xCC,
        FirstRestart = 0xD0, Start = 0xD8, End = 0xD9, Scan = 0xDA;
    private const int Coefficients = 64;
    private const int LastBytes = 16;

    // Codes enough for the rest of a row of blocks, other than what the codec fills up with; none is a mark.
    private static readonly byte[][] Continuations =
    [
        [.. Enumerable.Range(0, 128).Select(i => (byte)(i * 89 % 251))],
        [.. Enumerable.Range(0, 128).Select(i => (byte)(254 - (i * 53 % 251)))],
    ];

    /// <summary>The warning of a JPEG that is taken all the same.</summary>
    public static Diagnostic Warning(string name) =>
        new(Problem.Damaged, $"{name} has no end mark, though all of its pixels are there; whatever wrote it stopped early.");

    /// <summary>
    /// Whether no end mark follows the first scan. The codec misses none in a JPEG of several scans, such as a progressive one, which it
    /// reads to the end before it shows anything.
    /// </summary>
    public static bool LacksEnd(ReadOnlySpan<byte> jpeg)
    {
        for (int at = 2; at + 4 <= jpeg.Length && jpeg[at] == Marker;)
        {
            if (jpeg[at + 1] == Scan) return jpeg[at..].IndexOf([Marker, End]) < 0;
            at += jpeg[at + 1] == Marker ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
        }
        return false; // what is wrong with it, if anything, the codec will find
    }

    /// <summary>Decodes; returns false where pixels are missing, which leaves these undefined.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="info">What the pixels are to be.</param>
    /// <param name="pixels">Receives the rows, without gaps.</param>
    internal static bool TryDecode(ReadOnlySpan<byte> jpeg, SKImageInfo info, Span<byte> pixels)
    {
        if (jpeg[^1] == Marker) jpeg = jpeg[..^1]; // half of a mark, which would take what follows for its other half
        if (!HasAllScans(jpeg) || !Decodes(jpeg, [], info, pixels)) return false;
        var others = new byte[pixels.Length];
        if (Decodes(jpeg[..^LastBytes], [], info, others) && pixels.SequenceEqual(others)) return false;
        foreach (byte[] more in Continuations)
        {
            if (!Decodes(jpeg, more, info, others) || !pixels.SequenceEqual(others)) return false;
        }
        return true;
    }

    private static unsafe bool Decodes(ReadOnlySpan<byte> jpeg, ReadOnlySpan<byte> more, SKImageInfo info, Span<byte> pixels)
    {
        byte[] ended = [.. jpeg, .. more, Marker, End];
        using SKData data = SKData.CreateCopy(ended);
        using SKCodec? codec = SKCodec.Create(data);
        fixed (byte* start = pixels) return codec is not null && codec.GetPixels(info, (nint)start) == SKCodecResult.Success;
    }

    /// <summary>Whether scans have begun for every bit of every coefficient of every component, and no end mark is there.</summary>
    private static bool HasAllScans(ReadOnlySpan<byte> jpeg)
    {
        var missing = new Dictionary<byte, HashSet<int>>(); // of each component, the coefficients that lack their last bit
        for (int at = 2; at + 4 <= jpeg.Length;)
        {
            byte kind = jpeg[at + 1];
            // Between marks of a scan lie its codes.
            if (jpeg[at] != Marker || kind is 0 or Marker or (>= FirstRestart and <= Start))
            {
                at++;
                continue;
            }
            if (kind == End) return false; // what is wrong with it is something else
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2 || length > jpeg.Length - at - 2) return false;
            ReadOnlySpan<byte> content = jpeg.Slice(at + 4, length - 2);
            if (kind is >= FirstFrame and <= LastFrame and not (HuffmanTables or Extension or Arithmetic) && content.Length > 5)
            {
                for (int i = 6; i + 3 <= content.Length; i += 3) missing[content[i]] = [.. Enumerable.Range(0, Coefficients)];
            }
            else if (kind == Scan && !Strike(content, missing))
            {
                return false;
            }
            at += 2 + length;
        }
        return missing.Count > 0 && missing.Values.All(left => left.Count == 0);
    }

    private static bool Strike(ReadOnlySpan<byte> scan, Dictionary<byte, HashSet<int>> missing)
    {
        if (scan.IsEmpty || scan.Length < 4 + (2 * scan[0])) return false;
        ReadOnlySpan<byte> range = scan[(1 + (2 * scan[0]))..];
        bool isLast = (range[2] & 0xF) == 0; // no bit of them comes later
        for (int i = 0; i < scan[0]; i++)
        {
            if (!missing.TryGetValue(scan[1 + (2 * i)], out HashSet<int>? left)) return false;
            for (int k = range[0]; k <= Math.Min((int)range[1], Coefficients - 1) && isLast; k++) left.Remove(k);
        }
        return true;
    }
}
