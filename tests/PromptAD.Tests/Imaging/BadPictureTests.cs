using System.Buffers.Binary;
using BitMiracle.LibTiff.Classic;
using CsCheck;
using PromptAD.Imaging;
using PromptAD.Tests.Architecture;

namespace PromptAD.Tests.Imaging;

public sealed class BadPictureTests
{
    private static readonly string[] Files =
    [
        "color.png", "color-16.png", "color-palette.png", "color.bmp", "color-palette.bmp", "color.webp", "color-palette.gif", "photo.jpg",
        "color.tif", "color-lzw.tif", "color-alpha.tif", "color-palette.tif", "gray-pattern-16-deflate.tif", "color-tiled-16.tif",
        "color-16-bigendian.tif", "color-planes-alpha.tif",
    ];

    public static TheoryData<string> Fixtures { get; } = [.. Files];

    [Fact]
    public void Refuses_a_missing_file() => Assert.Equal(
        "Cannot read 'no/such.png': the file does not exist. Check the path.", MessageFor("no/such.png"));

    [Fact]
    public void Refuses_a_folder()
    {
        string folder = AppContext.BaseDirectory;
        Assert.Equal(
            $"Cannot read '{folder}': it is a folder. Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.", MessageFor(folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b.png")]
    public void Refuses_an_impossible_path(string path) => Assert.StartsWith($"Cannot read '{path}': ", MessageFor(path));

    [Theory]
    [InlineData("no", false)]
    [InlineData("This is no picture.", false)]
    [InlineData("GIF89a", true)]
    [InlineData("RIFF", true)]
    [InlineData("BM", true)]
    public void Calls_damaged_only_what_begins_like_a_picture(string text, bool isDamaged)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            string reason = isDamaged ? "the picture is damaged or cut off" : "it is no picture of a known format";
            Assert.StartsWith($"Cannot read '{path}': {reason}.", MessageFor(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_strip_that_says_it_is_longer_than_its_file_takes_no_memory()
    {
        byte[] tiff = File.ReadAllBytes(Path.Combine(SourceTree.Root, "tools/Fuzzing/Seeds/picture/strip-count.tif"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "is damaged or cut off", Assert.Throws<PromptADException>(() => PictureDecoder.Decode(tiff, TestPictures.Limit)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Refuses_pixels_that_need_a_dictionary_which_nobody_has()
    {
        using var made = new MemoryStream();
        Png16Writer.Write(made, 3, 2, [0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f]);
        byte[] png = made.ToArray();
        int flags = png.AsSpan().IndexOf("IDAT"u8) + 5; // the second byte of the zlib stream
        png[flags] = (byte)(0x20 | (png[flags] & 0xC0));
        png[flags] += (byte)((31 - (((png[flags - 1] << 8) + png[flags]) % 31)) % 31);

        Assert.Contains(
            "damaged or cut off", Assert.Throws<PromptADException>(() => PictureDecoder.Decode(png, 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_empty_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            Assert.Equal($"Cannot read '{path}': it is empty. Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.", MessageFor(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Refuses_what_is_no_picture()
    {
        const string Message = "Cannot read the image: it is no picture of a known format. "
            + "Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.";
        Assert.Equal(Message, MessageFor("This is a text, not a picture, whatever its name says."u8.ToArray()));
        Assert.Equal(Message, MessageFor(new byte[1000]));
    }

    [Fact]
    public void Reports_a_stream_that_fails()
    {
        using var stream = new FailingStream();
        var error = Assert.Throws<PromptADException>(() => PictureDecoder.Decode(stream, TestPictures.Limit));
        Assert.Equal("Cannot read the image: the cable is out. Give a picture that can be opened.", error.Message);
    }

    [Fact]
    public void Refuses_an_endless_stream()
    {
        using var stream = new EndlessStream();
        var error = Assert.Throws<PromptADException>(() => PictureDecoder.Decode(stream, pixelLimit: 1000));
        Assert.Equal("Cannot read the image: it has more than 16785216 bytes, too many for a picture of at most 1000 pixels. "
            + "Scale it down, or raise the limit with PreprocessingOptions.MaxPicturePixels.", error.Message);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Refuses_a_picture_cut_off_anywhere(string fixture)
    {
        byte[] whole = TestPictures.BytesOf(fixture);
        using Picture expected = PictureDecoder.Decode(whole, TestPictures.Limit);
        int refused = 0, tried = 0;
        for (int length = 0; length < whole.Length; length += 1 + (whole.Length / 250), tried++)
        {
            try
            {
                // Some formats end with bytes that no pixel depends on.
                using Picture picture = PictureDecoder.Decode(whole.AsSpan(0, length), TestPictures.Limit);
                Assert.Equal(TestPictures.Rgb(expected), TestPictures.Rgb(picture));
            }
            catch (PromptADException)
            {
                refused++;
            }
        }
        Assert.True(refused >= tried * 8 / 10, $"only {refused} of {tried} lengths were refused");
    }

    [Fact]
    public void Survives_damaged_bytes() =>
        Gen.Select(Gen.Int[0, Files.Length - 1], Gen.Select(Gen.Double.Unit, Gen.Byte).Array[1, 6]).Sample((file, damage) =>
        {
            byte[] bytes = TestPictures.BytesOf(Files[file]);
            foreach ((double where, byte value) in damage) bytes[(int)(where * (bytes.Length - 1))] = value;
            try
            {
                PictureDecoder.Decode(bytes, TestPictures.Limit).Dispose();
            }
            catch (PromptADException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 600);

    public static TheoryData<string, int, int, bool, bool> Claims { get; } = new()
    {
        // Where a format's header holds width and height, of 2 or 4 bytes, big-endian or not.
        { "color.png", 16, 20, true, true },
        { "color.bmp", 18, 22, true, false },
        { "color-palette.gif", 6, 8, false, false },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void Refuses_a_header_that_claims_too_much_before_it_takes_memory(
        string fixture, int width, int height, bool wide, bool bigEndian)
    {
        byte[] bytes = TestPictures.BytesOf(fixture);
        foreach (int at in new[] { width, height })
        {
            if (!wide) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), 60_000);
            else if (bigEndian) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), 60_000);
            else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), 60_000);
        }
        if (fixture == "color.png") BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), Crc(bytes.AsSpan(12, 17)));
        AssertRefusedCheaply(bytes);
    }

    [Fact]
    public void Refuses_a_tiff_that_claims_too_much_before_it_takes_memory()
    {
        byte[] bytes = TestPictures.BytesOf("color.tif");
        WriteTiffEntry(bytes, tag: 256, 60_000);
        WriteTiffEntry(bytes, tag: 257, 60_000);
        AssertRefusedCheaply(bytes);
    }

    [Theory]
    [InlineData(259, 1, 60_000)] // compression
    [InlineData(273, 1, int.MaxValue)] // strip offset
    [InlineData(277, 1, 60_000)] // samples per pixel
    [InlineData(279, 1, int.MaxValue)] // bytes in a strip
    [InlineData(279, 400_000_000, 8)] // number of strips
    [InlineData(278, 1, 0)] // rows in a strip
    public void Refuses_a_tiff_with_an_impossible_directory(int tag, int count, int value)
    {
        byte[] bytes = TestPictures.BytesOf("color.tif");
        WriteTiffEntry(bytes, tag, value, count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PromptADException>(() => PictureDecoder.Decode(bytes, TestPictures.Limit));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Refuses_a_tiff_with_more_tiles_than_bytes()
    {
        byte[] bytes = TestPictures.BytesOf("color-tiled-16.tif");
        foreach ((int tag, int value) in new[] { (256, 900), (257, 900), (322, 1), (323, 1) }) WriteTiffEntry(bytes, tag, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PromptADException>(() => PictureDecoder.Decode(bytes, TestPictures.Limit));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Keeps_the_console_quiet_about_its_own_tiffs_only()
    {
        byte[] bytes = TestPictures.BytesOf("color.tif");
        WriteTiffEntry(bytes, tag: 259, 60_000);
        TextWriter before = Console.Error;
        using var written = new StringWriter();
        Console.SetError(written);
        try
        {
            Assert.Throws<PromptADException>(() => PictureDecoder.Decode(bytes, TestPictures.Limit));
            Assert.DoesNotContain("the image", written.ToString());

            using Tiff ofTheApplication = Tiff.ClientOpen("application.tif", "r", new MemoryStream(bytes), new TiffStream());
            ofTheApplication.ReadEncodedStrip(0, new byte[1000], 0, 1000);
            Assert.Contains("application.tif", written.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    private static void AssertRefusedCheaply(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(
            "Cannot read the image: it is 60000 x 60000 pixels, more than the limit of 1000000 pixels. "
            + "Scale it down, or raise the limit with PreprocessingOptions.MaxPicturePixels.",
            MessageFor(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static void WriteTiffEntry(byte[] tiff, int tag, int value, int count = 1)
    {
        int directory = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(4));
        for (int at = directory + 2; ; at += 12)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(at)) != tag) continue;
            BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at + 2), 4);
            BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(at + 4), count);
            BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(at + 8), value);
            return;
        }
    }

    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }

    private static string MessageFor(string path) =>
        Assert.Throws<PromptADException>(() => PictureDecoder.Decode(path, TestPictures.Limit)).Message;

    private static string MessageFor(byte[] bytes) =>
        Assert.Throws<PromptADException>(() => PictureDecoder.Decode(bytes, TestPictures.Limit)).Message;

    private sealed class FailingStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the cable is out.");
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => count;
    }
}
