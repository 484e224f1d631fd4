using PromptAD.Imaging;
using PromptAD.Server.Sources;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Sources;

/// <summary>Pictures that are cut short are told from whole ones.</summary>
public sealed class PictureEndTests : TemporaryFolder
{
    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("tif")]
    [InlineData("bmp")]
    public void A_file_that_lacks_its_end_is_not_whole(string kind)
    {
        byte[] file = Encoded(kind);

        Assert.True(PictureEnd.IsThere(file));
        Assert.True(PictureEnd.IsThere([.. file, 0, 0, 0])); // some programs add to the end
        for (int length = 4; length < file.Length - 4; length += 1 + (file.Length / 500)) Assert.False(PictureEnd.IsThere(file.AsSpan(0, length)), $"{length}");
    }

    [Fact]
    public void An_end_mark_of_a_thumbnail_is_not_the_end()
    {
        byte[] file = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 1, 0xFF, 0xD9, 2, 0xFF, 0xDA, 0, 2, 1, 2, 3];

        Assert.False(PictureEnd.IsThere(file));
        Assert.True(PictureEnd.IsThere([.. file, 0xFF, 0xD9]));
    }

    [Fact]
    public void What_is_no_picture_is_left_to_the_decoder_and_reserved_room_is_waited_for()
    {
        Assert.True(PictureEnd.IsThere([1, 2, 3]));
        Assert.False(PictureEnd.IsThere(new byte[1000]));
    }

    private byte[] Encoded(string kind)
    {
        if (kind == "bmp") return TestPictures.Good(1);
        if (kind == "tif") return Tiff();
        string path = InFolder($"picture.{kind}");
        PictureEncoder.Save(new CameraFrame(TestPictures.Pixels(1, hasDefect: false), TestPictures.Width, TestPictures.Height, PixelFormat.Rgb24), path);
        return File.ReadAllBytes(path);
    }

    /// <summary>Where the strips are, and how long; the rest does not matter here.</summary>
    private static byte[] Tiff()
    {
        byte[] head = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0, 0x11, 1, 4, 0, 2, 0, 0, 0, 38, 0, 0, 0, 0x17, 1, 3, 0, 2, 0, 0, 0, 100, 0, 200, 0, 0, 0, 0, 0];
        byte[] offsets = [46, 0, 0, 0, 146, 0, 0, 0];
        return [.. head, .. offsets, .. Enumerable.Repeat((byte)7, 300)];
    }
}
