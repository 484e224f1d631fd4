using System.Buffers.Binary;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

/// <summary>Pictures of all kinds that ImageMagick writes, and spoilt ones: what both readers read is the same.</summary>
public sealed class OtherReaderTests : TemporaryFolder
{
    private const int JpegTolerance = 2;

    private static readonly string[] Png =
    [
        .. from kind in (string[])["-depth 8 -type TrueColor", "-depth 16 -type TrueColor", "-depth 8 -type Grayscale", "-depth 16 -type Grayscale",
               "-depth 1 -type Bilevel", "-colors 4 -depth 2 -type Grayscale", "-colors 16 -type Palette", "-colors 2 -type Palette",
               "-colors 200 -type Palette", "-alpha set -channel A -evaluate set 50% +channel -depth 8", "-alpha set -channel A -evaluate set 30% +channel -depth 16",
               "-type GrayscaleMatte -depth 8 -alpha set", "-depth 8 -transparent #808080"]
           from interlace in (string[])["None", "PNG"]
           from filter in (int[])[0, 1, 2, 3, 4, 5]
           select $"{kind} -interlace {interlace} -define png:compression-filter={filter}",
    ];

    private static readonly string[] Tiff =
    [
        .. from kind in (string[])["-depth 8 -type TrueColor", "-depth 16 -type TrueColor", "-depth 8 -type Grayscale", "-depth 16 -type Grayscale",
               "-depth 8 -type Palette -colors 60", "-depth 4 -type Palette -colors 16", "-depth 4 -type Grayscale", "-depth 8 -alpha set -channel A -evaluate set 50% +channel"]
           from compression in (string[])["None", "LZW", "Zip", "RLE"]
           from order in (string[])["-endian MSB", "-endian LSB -interlace plane", "-define tiff:tile-geometry=16x16", "-define tiff:rows-per-strip=3 -define tiff:predictor=2"]
           where compression is "LZW" or "Zip" || !order.Contains("predictor", StringComparison.Ordinal) // which only they have
           select $"{kind} -compress {compression} {order}",
        .. from compression in (string[])["None", "Fax", "Group4", "LZW", "Zip", "RLE"]
           from order in (string[])["-define quantum:polarity=min-is-white", "-define quantum:polarity=min-is-black", "-define tiff:fill-order=lsb", "-endian MSB"]
           select $"-type Bilevel -depth 1 -compress {compression} {order}",
    ];

    private static readonly string[] Bmp =
    [
        .. from kind in (string[])["-type TrueColor", "-type Palette -colors 200", "-type Palette -colors 16", "-type Palette -colors 2", "-type Grayscale -depth 8",
               "-type Bilevel", "-alpha set -channel A -evaluate set 50% +channel"]
           from compression in (string[])["None", "RLE"]
           from format in (string[])["bmp2", "bmp3", "bmp4"]
           select $"{kind} -compress {compression} -define bmp:format={format}",
        // With 16 bits it writes earlier formats without the masks that they need.
        "-define bmp:subtype=RGB565 -define bmp:format=bmp4", "-define bmp:subtype=RGB555 -define bmp:format=bmp4",
    ];

    private static readonly string[] Jpeg =
    [
        .. from kind in (string[])["-type TrueColor", "-type Grayscale"]
           from sampling in (string[])["4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1"]
           from interlace in (string[])["None", "JPEG"]
           from quality in (int[])[35, 80, 100]
           select $"{kind} -sampling-factor {sampling} -interlace {interlace} -quality {quality}",
    ];

    [Theory]
    [InlineData("png")]
    [InlineData("tif")]
    [InlineData("bmp")]
    [InlineData("jpg")]
    public void What_another_program_writes_is_read_as_it_reads_it(string format)
    {
        ImageMagick.Demand();
        int tried = 0, compared = 0, refused = 0, unwritten = 0;
        List<string> wrong = [];
        foreach ((int i, string options) in SomeOf(KindsOf(format)))
        {
            string path = InFolder($"{i}.{format}");
            tried++;
            if (!Make(i, options, path) || ImageMagick.Read(path) is not { } expected)
            {
                unwritten++;
                continue;
            }
            if (Read(path) is not { } found)
            {
                string reason = Refused(() => PictureDecoder.Decode(path, TestPictures.Limit).Dispose()).Message;
                if (!reason.Contains("16 bits, RGB, in separate planes, is not supported", StringComparison.Ordinal)) wrong.Add($"{options}: {reason}");
                refused++;
            }
            else if (Difference(expected, found) > Tolerance(options))
            {
                wrong.Add($"{options}: {Difference(expected, found)} levels");
            }
            compared++;
        }
        TestContext.Current.SendDiagnosticMessage($"{format}: {compared} compared, {refused} refused, {unwritten} not written");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared >= 0.9 * tried, $"{compared} of {tried} could be compared");
    }

    [Theory]
    [InlineData("png")]
    [InlineData("tif")]
    [InlineData("bmp")]
    public void What_is_spoilt_is_read_as_another_program_reads_it_or_refused(string format)
    {
        ImageMagick.Demand();
        const int Wholes = 15, Each = 4;
        var random = new Random(20);
        // What a run-length encoded BMP leaves out may be of any colour.
        string[] kinds = [.. KindsOf(format).Where(options => format != "bmp" || !options.Contains("RLE", StringComparison.Ordinal))];
        int both = 0;
        List<string> wrong = [];
        for (int i = 0; i < Wholes * Each; i++)
        {
            string options = kinds[i / Each * 7 % kinds.Length], path = InFolder($"{i}.{format}"), source = InFolder("whole." + format);
            if (i % Each == 0 && !Make(i, options, source)) File.Delete(source);
            if (!File.Exists(source)) continue;
            File.WriteAllBytes(path, Spoil(File.ReadAllBytes(source), random));
            if (Read(path) is not { } found || ImageMagick.Read(path) is not { } expected) continue;
            both++;
            if (Difference(expected, found) > Tolerance(options)) wrong.Add($"{i}, {options}: {Difference(expected, found)} levels");
        }
        TestContext.Current.SendDiagnosticMessage($"{format}: {both} of {Wholes * Each} spoilt files are read by both");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(both > Wholes * Each / 20, $"only {both} are read by both");
    }

    /// <summary>JPEG loses a little differently everywhere, and 31 steps can be made 255 in more ways than one.</summary>
    private static int Tolerance(string options) =>
        options.Contains("-quality", StringComparison.Ordinal) ? JpegTolerance : options.Contains("subtype", StringComparison.Ordinal) ? 1 : 0;

    /// <summary>A third of the kinds, always the same; all of them where PROMPTAD_ALL_PICTURES is 1.</summary>
    private static (int Index, string Options)[] SomeOf(string[] kinds)
    {
        (int Index, string Options)[] all = [.. kinds.Index()];
        if (Environment.GetEnvironmentVariable("PROMPTAD_ALL_PICTURES") == "1") return all;
        new Random(7).Shuffle(all);
        return all[..(all.Length / 3)];
    }

    private static string[] KindsOf(string format) => format switch { "png" => Png, "tif" => Tiff, "bmp" => Bmp, _ => Jpeg };

    /// <summary>A picture whose size and content depend on its number.</summary>
    private bool Make(int number, string options, string path)
    {
        string source = InFolder("source.ppm");
        ImageMagick.Noise(source, 17 + (number % 13), 11 + (number % 7), new Random(number));
        return ImageMagick.Write(source, options, path);
    }

    /// <summary>Changes some bytes; a PNG's checksums are made to fit, or nobody would read further.</summary>
    private static byte[] Spoil(byte[] file, Random random)
    {
        for (int i = random.Next(1, 4); i > 0; i--) file[random.Next(8, file.Length)] ^= (byte)(1 << random.Next(8));
        if (!file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P'])) return file;
        for (int at = 8; at + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12) break;
            uint checksum = BadPictureTests.Crc(file.AsSpan(at + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), checksum);
            at += (int)length + 12;
        }
        return file;
    }

    /// <summary>Red, green and blue; null where it is refused, which takes one line.</summary>
    private static byte[]? Read(string path)
    {
        try
        {
            using Picture picture = PictureDecoder.Decode(path, TestPictures.Limit);
            return TestPictures.Rgb(picture);
        }
        catch (PromptADException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            return null;
        }
    }

    private static int Difference(byte[] expected, byte[] found) =>
        expected.Length != found.Length ? int.MaxValue : expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
}
