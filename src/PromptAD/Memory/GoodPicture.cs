using System.Security.Cryptography;
using PromptAD.Imaging;

namespace PromptAD.Memory;

/// <summary>A picture of a good part as encoders read it.</summary>
/// <param name="Regions">8-bit planes of red, green and blue of each region, (3, size, size).</param>
/// <param name="Aspect">The picture's width over its height.</param>
public sealed record GoodPicture(IReadOnlyList<byte[]> Regions, double Aspect)
{
    /// <summary>Tells it from other pictures: SHA-256 of each region, in hexadecimal.</summary>
    public string Hash => string.Concat(Regions.Select(planes => Convert.ToHexStringLower(SHA256.HashData(planes))));

    /// <summary>SHA-256 of all regions as one, in hexadecimal.</summary>
    internal string HashOfAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] planes in Regions) hash.AppendData(planes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Resizes a picture, or each tile of it.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="tiles">How it is cut; null for a single region.</param>
    /// <param name="preprocessor">Resizes.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    /// <exception cref="PromptADException">It is too small.</exception>
    public static GoodPicture Of(
        in CameraFrame frame, Tiling? tiles, Preprocessor preprocessor, CancellationToken cancellation = default)
    {
        var regions = new byte[tiles?.Count ?? 1][];
        for (int region = 0; region < regions.Length; region++)
        {
            cancellation.ThrowIfCancellationRequested();
            regions[region] = new byte[preprocessor.Length];
            preprocessor.PrepareReference(tiles is null ? frame : tiles.Cut(frame, region), regions[region]);
        }
        return new GoodPicture(regions, (double)frame.Width / frame.Height);
    }
}
