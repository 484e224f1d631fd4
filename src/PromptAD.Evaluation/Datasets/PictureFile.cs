using System.Runtime.InteropServices;
using PromptAD.Imaging;

namespace PromptAD.Evaluation.Datasets;

/// <summary>What data sets need of picture files: how large a picture is, and where a mask marks a defect.</summary>
internal static class PictureFile
{
    // 16384 x 16384: larger than any camera's, small enough for one array.
    private const int MostPixels = 1 << 28;
    private const byte LightLevel = 128;
    private const uint Colors = 0xFFFFFF; // without alpha, which comes last

    /// <summary>Width and height from the header, upright as the picture will be shown.</summary>
    /// <exception cref="PromptADException">The file cannot be read or is no picture.</exception>
    public static (int Width, int Height) Size(string path)
    {
        PictureHeader header = PictureDecoder.ReadHeader(path, MostPixels);
        return (header.Width, header.Height);
    }

    /// <summary>
    /// 1 where a pixel is defective and 0 where it is not, row by row as the mask is shown: where it is not black, or light in formats that
    /// change levels, such as JPEG, whose dim values are noise. (height · width)
    /// </summary>
    /// <exception cref="PromptADException">The file cannot be read or is damaged.</exception>
    public static MaskPixels ReadMask(string path)
    {
        using Picture picture = PictureDecoder.Decode(path, MostPixels, BitDepth.NotBlack);
        ReadOnlySpan<byte> pixels = picture.Pixels;
        byte least = picture.IsLossy ? LightLevel : (byte)1;
        var defective = new byte[picture.Width * picture.Height];
        if (picture.IsGray)
        {
            for (int i = 0; i < defective.Length; i++) defective[i] = pixels[i] >= least ? (byte)1 : (byte)0;
            return new MaskPixels(defective, picture.Width, picture.Height, IsInAlpha: false);
        }
        ReadOnlySpan<uint> colors = MemoryMarshal.Cast<byte, uint>(pixels);
        bool isPlain = true, isCut = false; // colours all one, alpha not
        for (int i = 0; i < defective.Length; i++)
        {
            ReadOnlySpan<byte> color = pixels.Slice(4 * i, 3);
            defective[i] = color[0] >= least || color[1] >= least || color[2] >= least ? (byte)1 : (byte)0;
            isPlain &= (colors[i] & Colors) == (colors[0] & Colors);
            isCut |= (colors[i] & ~Colors) != (colors[0] & ~Colors);
        }
        return new MaskPixels(defective, picture.Width, picture.Height, isPlain && isCut);
    }
}

/// <summary>What a mask's file holds.</summary>
/// <param name="Pixels">1 for a defective pixel and 0 for a normal one, row by row.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsInAlpha">Whether its shape is in the transparency alone, which is not read.</param>
internal readonly record struct MaskPixels(byte[] Pixels, int Width, int Height, bool IsInAlpha);
