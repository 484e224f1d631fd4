using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class GentleVariationTests
{
    private const int Size = 40;

    [Fact]
    public void A_picture_survives_the_way_to_the_encoders_input_and_back()
    {
        using Picture picture = Drawn(), back = Planes.ToPicture(Input(picture), Size);
        Assert.True(picture.Pixels.SequenceEqual(back.Pixels));
    }

    [Fact]
    public void Variations_differ_from_each_other_and_little_from_the_picture()
    {
        using Picture picture = Drawn();
        byte[] input = Input(picture);
        var all = new HashSet<string>();
        for (int i = 0; i < GentleVariation.Count; i++)
        {
            var output = new byte[input.Length];
            GentleVariation.Make(i, input, Size, ChannelOrder.Rgb, output);
            Assert.True(all.Add(string.Join(' ', output)));
            double change = Math.Sqrt(input.Zip(output, (a, b) => (double)(a - b) * (a - b)).Average());
            Assert.InRange(change, 0.07, 24); // levels
        }
    }

    [Fact]
    public void Channels_come_in_the_order_of_pictures_to_be_judged()
    {
        using Picture picture = Drawn();
        var reference = new Preprocessor(Size, new PreprocessingOptions { QueryChannels = ChannelOrder.Bgr });
        byte[] expected = new byte[reference.Length], output = new byte[reference.Length];
        reference.PrepareQuery(picture.Frame, expected);
        Planes.Of(picture, ChannelOrder.Bgr, output);
        Assert.Equal(expected, output);
    }

    private static byte[] Input(Picture picture)
    {
        var input = new byte[3 * Size * Size];
        Planes.Of(picture, ChannelOrder.Rgb, input);
        return input;
    }

    /// <summary>A coloured slope with a disc in it.</summary>
    private static Picture Drawn()
    {
        var picture = new Picture(Size, Size, gray: false);
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                bool inside = ((x - 18) * (x - 18)) + ((y - 22) * (y - 22)) < 80;
                byte[] pixel = [(byte)(40 + (3 * x)), (byte)(inside ? 170 : 90), (byte)(60 + (3 * y)), 255];
                pixel.CopyTo(picture.Row(y).Slice(4 * x, 4));
            }
        }
        return picture;
    }
}
