using PromptAD.Imaging;

namespace PromptAD.Tests.Cancellation;

[Collection(nameof(Undisturbed))]
public sealed class DecodingTests : TemporaryFolder
{
    private const int Side = 5000;
    private const long Limit = Side * Side;

    // A picture that takes some tenths of a second to decode, but few bytes.
    private static readonly Lazy<byte[]> Large = new(() =>
    {
        using var picture = new Picture(Side, Side, gray: false);
        for (int y = 0; y < Side; y++) picture.Row(y).Fill((byte)y);
        using var encoded = new MemoryStream();
        PictureEncoder.EncodeJpeg(picture, 50, encoded);
        return encoded.ToArray();
    });

    [Fact]
    public async Task A_file_is_left_midway()
    {
        File.WriteAllBytes(InFolder("large.jpg"), Large.Value);
        await Promptly.EndsAsync(cancellation => PictureDecoder.Decode(InFolder("large.jpg"), Limit, default, cancellation));
    }

    [Fact]
    public async Task Bytes_are_left_midway()
    {
        byte[] encoded = Large.Value;
        await Promptly.EndsAsync(cancellation => PictureDecoder.Decode(encoded, Limit, default, cancellation));
    }

    [Fact]
    public void A_stream_is_not_read_on()
    {
        using var source = new CancellationTokenSource();
        using var stream = new OneWayStream(new byte[100_000], read =>
        {
            if (read == 3) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => PictureDecoder.Decode(stream, Limit, default, source.Token));
        Assert.Equal((3, false), (stream.Reads, stream.IsClosed));
    }

    [Fact]
    public void Decoding_that_is_not_cancelled_gives_the_same_picture_and_the_same_errors()
    {
        using var source = new CancellationTokenSource();
        string path = InFolder("small.png");
        PictureEncoder.Save(new CameraFrame([1, 2, 3, 4, 5, 6], 3, 2, PixelFormat.Gray8), path);
        using Picture picture = PictureDecoder.Decode(path, Limit, default, source.Token);
        Assert.Equal((3, 2, $"'{path}'"), (picture.Width, picture.Height, picture.Source));
        Assert.Equal<byte>([1, 2, 3, 4, 5, 6], picture.Pixels.ToArray());
        foreach (string bad in (string[])["", "no picture", "\u0089PNG\r\n"])
        {
            File.WriteAllText(path, bad, System.Text.Encoding.Latin1);
            string expected = Assert.Throws<PromptADException>(() => PictureDecoder.Decode(path, Limit)).Message;
            Assert.Equal(expected, Assert.Throws<PromptADException>(() => PictureDecoder.Decode(path, Limit, default, source.Token)).Message);
        }
    }
}
