using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class PoseViewTests
{
    private const int Size = 12, Grid = 6, Slope = 20; // levels a pixel

    [Theory]
    [InlineData(90, false)]
    [InlineData(180, false)]
    [InlineData(270, false)]
    [InlineData(0, true)]
    [InlineData(90, true)]
    public void Quarter_turns_and_flips_of_square_pictures_move_whole_pixels(double degrees, bool mirrored)
    {
        byte[] input = Noise(), view = Make(new PoseView(degrees, mirrored), input);
        const int Last = Size - 1;
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                // Clockwise: what was at the left comes to the top.
                (int fromX, int fromY) = degrees switch { 90 => (y, Last - x), 180 => (Last - x, Last - y), 270 => (Last - y, x), _ => (x, y) };
                for (int channel = 0; channel < 3; channel++)
                    Assert.Equal(At(input, channel, mirrored ? Last - fromX : fromX, fromY), At(view, channel, x, y));
            }
        }
    }

    [Theory]
    [InlineData(30, false, 1)]
    [InlineData(45, true, 1)]
    [InlineData(90, false, 1.5)]
    [InlineData(200, true, 0.7)]
    public void Whole_patches_show_what_lies_at_their_spots(double degrees, bool mirrored, double aspect)
    {
        // A ramp is interpolated exactly, so the mean of a patch is the ramp at its middle.
        byte[] across = Ramp((x, _) => x), down = Ramp((_, y) => y);
        var view = new PoseView(degrees, mirrored);
        byte[] turnedAcross = Make(view, across, aspect), turnedDown = Make(view, down, aspect);
        Vector2[] spots = view.Spots(new PatchGrid(Grid), aspect);
        int[] whole = view.Whole(new PatchGrid(Grid), aspect);
        Assert.InRange(whole.Length, 4, (Grid * Grid) - 1);
        foreach (int place in whole)
        {
            Vector2 mean = new Vector2(Mean(turnedAcross, place), Mean(turnedDown, place)) / Slope;
            if (spots[place].X is < 1 or > Grid - 1 || spots[place].Y is < 1 or > Grid - 1) continue; // the cubic reads beyond the border
            Assert.Equal(0, Vector2.Distance(spots[place] * (Size / Grid), mean + new Vector2(0.5f)), 0.5f / Slope); // levels are whole numbers
        }
    }

    [Fact]
    public void Patches_beside_their_squares_keep_their_places_when_nothing_is_turned_and_lie_on_others_when_all_is()
    {
        var grid = new PatchGrid(Grid, Offset: -0.46875);
        Vector2[] places = [.. Enumerable.Range(0, Grid * Grid).Select(place => new Vector2((place % Grid) + 0.5f, (place / Grid) + 0.5f))];
        Assert.Equal(places, new PoseView(0, IsMirrored: false).Spots(grid, 1));
        // The middle of the first patch is 0.03125 from the edge; turned by half it is as far from the other, beyond the last patch's middle.
        Vector2 turned = new PoseView(180, IsMirrored: false).Spots(grid, 1)[Grid + 1];
        Assert.Equal(Grid - 1.03125 + 0.46875, turned.X, 1e-5);
        Assert.Equal(Grid * Grid, new PoseView(180, IsMirrored: false).Whole(grid, 1).Length);
    }

    [Fact]
    public void Patches_that_a_turn_leaves_empty_in_part_are_not_whole()
    {
        Assert.Equal(Grid * Grid, new PoseView(90, false).Whole(new PatchGrid(Grid), 1).Length);
        int[] whole = new PoseView(45, false).Whole(new PatchGrid(Grid), 1);
        Assert.DoesNotContain(0, whole);
        Assert.Contains((2 * Grid) + 2, whole);
        // Half of a picture twice as wide as high is left of a quarter turn: the columns in the middle.
        Assert.Equal([1, 2, 3, 4], new PoseView(90, false).Whole(new PatchGrid(Grid), 1.5).Select(place => place % Grid).Distinct().Order());
    }

    private static float Mean(byte[] picture, int place)
    {
        const int Patch = Size / Grid;
        int top = place / Grid * Patch, left = place % Grid * Patch;
        return Enumerable.Range(0, Patch * Patch).Average(i => (float)At(picture, 0, left + (i % Patch), top + (i / Patch)));
    }

    private static byte[] Make(PoseView view, byte[] input, double aspect = 1)
    {
        var output = new byte[input.Length];
        view.Make(input, Size, aspect, output);
        return output;
    }

    private static byte At(byte[] picture, int channel, int x, int y) => picture[(channel * Size * Size) + (y * Size) + x];

    private static byte[] Noise()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 3 * Size * Size).Select(_ => (byte)random.Next(256))];
    }

    private static byte[] Ramp(Func<int, int, int> value) =>
        [.. Enumerable.Range(0, 3 * Size * Size).Select(i => (byte)(Slope * value(i % Size, i / Size % Size)))];
}
