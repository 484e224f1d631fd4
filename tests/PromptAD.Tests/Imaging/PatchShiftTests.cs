using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class PatchShiftTests
{
    private const int Size = 12, Patch = 4;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(4, 15)]
    public void There_is_one_for_each_step_along_both_sides_but_the_picture_itself(int steps, int count)
    {
        Assert.Equal(count, PatchShift.Count(steps));
        byte[] input = Numbered();
        HashSet<string> all = [.. Enumerable.Range(0, count).Select(i => string.Join(',', Move(i, steps, input)))];
        Assert.Equal(count, all.Count);
        Assert.DoesNotContain(string.Join(',', input), all);
    }

    [Fact]
    public void Moves_by_parts_of_a_patch_and_repeats_the_border()
    {
        byte[] input = Numbered(), moved = Move(0, 2, input); // half a patch up and left: -2 pixels
        for (int channel = 0; channel < 3; channel++)
        {
            for (int y = 0; y < Size; y++)
            {
                for (int x = 0; x < Size; x++)
                    Assert.Equal(At(input, channel, Math.Min(y + 2, Size - 1), Math.Min(x + 2, Size - 1)), At(moved, channel, y, x));
            }
        }
    }

    private static byte At(byte[] picture, int channel, int y, int x) => picture[(channel * Size * Size) + (y * Size) + x];

    private static byte[] Numbered() => [.. Enumerable.Range(0, 3 * Size * Size).Select(i => (byte)(i % (2 * Size * Size - 37)))];

    private static byte[] Move(int index, int steps, byte[] input)
    {
        var output = new byte[input.Length];
        PatchShift.Make(index, steps, Patch, input, Size, output);
        return output;
    }
}
