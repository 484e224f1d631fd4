using BitMiracle.LibTiff.Classic;

namespace PromptAD.Imaging;

/// <summary>Which compressions of TIFF are read, and what the others are called.</summary>
internal static class TiffCompression
{
    private static readonly Dictionary<long, string> Others = new()
    {
        [9] = "JBIG (T.85)",
        [10] = "JBIG (T.43)",
        [(int)Compression.NEXT] = "NeXT",
        [(int)Compression.THUNDERSCAN] = "ThunderScan",
        [(int)Compression.PIXARFILM] = "Pixar film",
        [(int)Compression.PIXARLOG] = "Pixar log",
        [33003] = "JPEG 2000",
        [33004] = "JPEG 2000",
        [33005] = "JPEG 2000",
        [34661] = "JBIG",
        [34676] = "SGI log",
        [34677] = "SGI log",
        [34712] = "JPEG 2000",
        [34887] = "LERC",
        [34892] = "lossy JPEG of DNG",
        [34925] = "LZMA",
        [34933] = "PNG",
        [34934] = "JPEG XR",
        [22610] = "JPEG XR",
        [50000] = "Zstandard",
        [50001] = "WebP",
        [50002] = "JPEG XL",
        [52546] = "JPEG XL",
    };

    /// <summary>What a compression that is not read is called, with its number; null for one that is read.</summary>
    public static string? UnsupportedName(long number)
    {
        bool isRead = (Compression)number is Compression.NONE or Compression.CCITTRLE or Compression.CCITTFAX3 or Compression.CCITTFAX4
            or Compression.LZW or Compression.OJPEG or Compression.JPEG or Compression.ADOBE_DEFLATE or Compression.CCITTRLEW
            or Compression.PACKBITS or Compression.DEFLATE;
        if (isRead) return null;
        return Others.TryGetValue(number, out string? name) ? $"{name} ({number})" : $"number {number}";
    }
}
