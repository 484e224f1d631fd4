using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>What a TIFF's directory says about its pixels, with the format's defaults for what it leaves out.</summary>
internal sealed class TiffLayout
{
    public TiffLayout(Tiff tiff)
    {
        Width = Number(tiff, TiffTag.IMAGEWIDTH, 0);
        Height = Number(tiff, TiffTag.IMAGELENGTH, 0);
        Samples = Number(tiff, TiffTag.SAMPLESPERPIXEL, 1);
        Bits = Number(tiff, TiffTag.BITSPERSAMPLE, 1);
        Photometric = (Photometric)Number(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        Origin = (SKEncodedOrigin)Number(tiff, TiffTag.ORIENTATION, (int)SKEncodedOrigin.TopLeft);
        IsInterleaved = Samples == 1 || Number(tiff, TiffTag.PLANARCONFIG, (int)PlanarConfig.CONTIG) == (int)PlanarConfig.CONTIG;
        IsTiled = tiff.IsTiled();

        // A strip may be given as longer than the picture, and is by default: all bits set.
        uint stripHeight = Math.Min((uint)Number(tiff, TiffTag.ROWSPERSTRIP, -1), (uint)Height);
        BlockWidth = IsTiled ? Number(tiff, TiffTag.TILEWIDTH, 0) : Width;
        BlockHeight = IsTiled ? Number(tiff, TiffTag.TILELENGTH, 0) : (int)stripHeight;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Samples per pixel, alpha included.</summary>
    public int Samples { get; }

    /// <summary>Bits per sample.</summary>
    public int Bits { get; }

    public Photometric Photometric { get; }

    public SKEncodedOrigin Origin { get; }

    /// <summary>Whether the samples of a pixel lie together, instead of in a plane for each.</summary>
    public bool IsInterleaved { get; }

    public bool IsTiled { get; }

    /// <summary>The width of a tile or strip.</summary>
    public int BlockWidth { get; }

    /// <summary>The height of a tile, or of all strips but the last.</summary>
    public int BlockHeight { get; }

    public bool IsGray => Photometric is Photometric.MINISBLACK or Photometric.MINISWHITE;

    private static int Number(Tiff tiff, TiffTag tag, int otherwise) =>
        tiff.GetField(tag) is { Length: > 0 } values ? values[0].ToInt() : otherwise;
}
