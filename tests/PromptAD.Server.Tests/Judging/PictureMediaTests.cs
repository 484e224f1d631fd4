using PromptAD.Server.Judging;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Tests.Judging;

public sealed class PictureMediaTests
{
    [Theory]
    [InlineData("Mono8", PixelFormat.Gray8, 16)]
    [InlineData("Mono12", PixelFormat.Gray16, 12)]
    [InlineData("mono16", PixelFormat.Gray16, 16)]
    [InlineData("RGB8", PixelFormat.Rgb24, 16)]
    [InlineData("BGRa8", PixelFormat.Bgra32, 16)]
    [InlineData("BayerRG12p", PixelFormat.BayerRG12p, 16)]
    [InlineData("gray16; bits=10", PixelFormat.Gray16, 10)]
    [InlineData("Mono12; bits=11", PixelFormat.Gray16, 11)]
    public void Formats_go_by_this_programs_names_and_by_those_of_cameras(string format, PixelFormat expected, int bits)
    {
        FrameShape shape = PictureMedia.Parse($"application/x-camera-frame; width=6; height=4; format={format}").Frame!;

        Assert.Equal(new FrameShape(6, 4, expected, 0, bits), shape);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("Mono")]
    [InlineData("Coord3D_C16")]
    public void An_unknown_format_is_refused_with_those_that_there_are(string format)
    {
        ServiceException refused = Assert.Throws<ServiceException>(
            () => PictureMedia.Parse($"application/x-camera-frame; width=6; height=4; format={format}"));

        Assert.Contains(format, refused.Message);
        Assert.Contains("BayerRG8", refused.Message);
        Assert.Contains("Mono8", refused.Message);
    }
}
