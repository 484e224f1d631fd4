namespace PromptAD.Imaging;

/// <summary>The first bytes of the formats that are read, but for TIFF.</summary>
internal static class PictureSignature
{
    private static readonly byte[][] Known =
    [
        [0x89, (byte)'P', (byte)'N', (byte)'G'], [0xFF, 0xD8, 0xFF], [.. "BM"u8], [.. "GIF8"u8], [.. "RIFF"u8],
    ];

    /// <summary>Whether a known format begins the file; a file cut off within its first bytes counts if these fit.</summary>
    public static bool Begins(ReadOnlySpan<byte> file)
    {
        foreach (byte[] signature in Known)
        {
            int length = Math.Min(file.Length, signature.Length);
            if (file[..length].SequenceEqual(signature.AsSpan(0, length))) return true;
        }
        return false;
    }
}
