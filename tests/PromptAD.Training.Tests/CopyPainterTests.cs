namespace PromptAD.Training.Tests;

public sealed class CopyPainterTests
{
    private const int Size = 96;

    [Fact]
    public void A_number_names_a_defect_that_is_a_mark_somewhere()
    {
        byte[] good = [.. Enumerable.Range(0, 3 * Size * Size).Select(i => (byte)(120 + (i % 16)))];
        var painter = new CopyPainter();
        var seen = new HashSet<string>();

        for (int number = 0; number < 24; number++)
        {
            byte[] copy = painter.Paint(good, Size, number);

            Assert.Equal(copy, painter.Paint(good, Size, number));
            int changed = Enumerable.Range(0, Size * Size).Count(i => Enumerable.Range(0, 3).Any(plane => copy[(plane * Size * Size) + i] != good[(plane * Size * Size) + i]));
            Assert.InRange(changed, 1, Size * Size / 3);
            Assert.True(seen.Add(Convert.ToHexString(copy)));
        }
    }

    [Fact]
    public void A_negative_number_names_nothing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CopyPainter().Paint(new byte[3 * Size * Size], Size, -1));
}
