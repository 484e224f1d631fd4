using PromptAD.Evaluation;
using PromptAD.Evaluation.Advising;
using PromptAD.Imaging;

namespace PromptAD.Training.Tests;

public sealed class AdvisorTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tries_each_option_on_pictures_that_nothing_learned_from()
    {
        var steps = new List<AdviceProgress>();
        Advice advice = Run(Draw(8), new SynchronousProgress<AdviceProgress>(steps.Add));

        AdviceVariant[] expected =
        [
            new(4), new(4, Poses: PoseOptions.Quarter), new(4, MemoryShifts: 2), new(4, Tiles: new Tiling(2, 2)), new(1), new(2),
        ];
        Assert.Equal(expected, advice.Variants.Select(figures => figures.Variant));
        Assert.Equal([1, 2, 4], advice.Choices.Select(choice => choice.Pictures.Count));
        Assert.Empty(advice.Choices[1].Pictures.Except(advice.Choices[2].Pictures));
        Assert.Empty(advice.Choices[0].Pictures.Except(advice.Choices[1].Pictures));
        Assert.Empty(advice.TestPictures.Intersect(advice.Choices[2].Pictures));
        Assert.Equal(8, advice.TestPictures.Count + advice.Choices[2].Pictures.Count + advice.Odd.Count);
        Assert.Contains(advice.Recommended, advice.Variants);
        Assert.Equal(2, advice.Variants.Count(figures => figures.Turned is not null)); // plain and poses
        Assert.All(advice.Variants, figures => Assert.Equal(advice.DefectSizes.Count, figures.ImageBySize.Count));
        Assert.All(advice.Variants, figures => Assert.True(figures is { FileBytes: > 1000, Image: >= 0 and <= 1, Pixel: >= 0 and <= 1 }));
        Assert.Equal(steps.Select(step => step.Fraction).Order(), steps.Select(step => step.Fraction));
        Assert.Equal(1, steps[^1].Fraction, 9);
        int copies = advice.Painted + advice.TestPictures.Count;
        Assert.All(expected, variant => // beside each copy that is judged, each picture that is learned from is a step
            Assert.True(steps.Count(step => step.Variant == variant) > copies + variant.Shots));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures()
    {
        string[] pictures = Draw(6);
        static object Figures(Advice advice) => // a file's size hangs on its time of creation, whose last zeros are not written
            advice.Variants.Select(one => (one.Image, one.Pixel, one.Turned, one.Gain)).ToArray();
        Assert.Equal(Figures(Run(pictures)), Figures(Run(pictures)));
    }

    [Fact]
    public void What_is_encoded_once_costs_every_variant_that_needs_it()
    {
        Advice advice = Run(Draw(6));
        VariantFigures plain = advice.Variants[0], fewer = advice.Variants.First(row => row.Variant is { IsPlain: true, Shots: 1 });
        Assert.All(advice.Variants, row => Assert.True(row.Training > TimeSpan.Zero && row.Prediction > TimeSpan.Zero));
        Assert.InRange(fewer.Prediction / plain.Prediction, 0.1, 10); // its copies were all encoded for the first one
    }

    [Fact]
    public void Tells_beforehand_how_long_it_takes()
    {
        string[] pictures = Draw(8);
        TimeSpan all = Advisor.EstimateTime(tiny.Backbone, pictures, Options());
        TimeSpan few = Advisor.EstimateTime(
            tiny.Backbone, pictures, Options() with { TriesPoses = false, TriesTiles = false, TriesMemoryShifts = false });
        Assert.InRange(all, few, TimeSpan.FromMinutes(5));
        Assert.StartsWith(
            "There are 3 pictures", Assert.Throws<PromptADException>(() => Advisor.EstimateTime(tiny.Backbone, pictures[..3])).Message);
    }

    [Fact]
    public void A_picture_of_something_else_is_named_and_neither_learned_from_nor_tested_with()
    {
        string[] pictures = Draw(7);
        string other = Path.Combine(folder, "other.png");
        PictureEncoder.Save(TinyBackbone.NoiseFrame(3), other);
        Advice advice = Run([.. pictures[..3], other, .. pictures[3..]]);
        Assert.Equal(other, Assert.Single(advice.Odd).Path);
        Assert.DoesNotContain(other, advice.TestPictures.Concat(advice.Choices[^1].Pictures));
    }

    [Fact]
    public void Looks_at_no_more_pictures_than_allowed()
    {
        Advice advice = Advisor.Run(tiny.Backbone, Draw(9), Options() with { Most = 5, TriesPoses = false, TriesTiles = false, TriesMemoryShifts = false });
        Assert.Equal(5, advice.Pictures.Count);
        Assert.Equal(advice.Pictures.Order(StringComparer.Ordinal), advice.Pictures);
        Assert.Contains("4 shots were not tried", Assert.Single(advice.Remarks, remark => remark.Contains("shots", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_copy_of_a_picture_is_left_out_and_named()
    {
        string[] pictures = Draw(5);
        string copy = Path.Combine(folder, "copy.png");
        File.Copy(pictures[1], copy);
        Advice advice = Run([.. pictures, copy]);
        Assert.Equal(pictures, advice.Pictures);
        Assert.Contains($"'{copy}' is the same picture as '{pictures[1]}' and was left out.", advice.Remarks);
        Assert.StartsWith("Of 4 pictures only 3 differ", Assert.Throws<PromptADException>(() => Run([.. pictures[..3], copy])).Message);
    }

    [Fact]
    public void Elongated_and_small_pictures_are_neither_turned_nor_cut()
    {
        Advice advice = Run(Draw(6, width: 60, height: 36));
        Assert.All(advice.Variants, figures => Assert.True(figures.Variant is { Poses: null, Tiles: null }));
        Assert.Contains(advice.Remarks, remark => remark.StartsWith("Poses were not tried", StringComparison.Ordinal));
        Assert.Contains(advice.Remarks, remark => remark.StartsWith("Tiles were not tried", StringComparison.Ordinal));
    }

    [Fact]
    public void Says_what_is_wrong_with_what_it_was_given()
    {
        string[] pictures = Draw(5);
        string small = Path.Combine(folder, "small.png");
        PictureEncoder.Save(new CameraFrame(new byte[15 * 40], 40, 15, PixelFormat.Gray8), small);
        string Error(string[] given, AdviceOptions? options = null) =>
            Assert.Throws<PromptADException>(() => Advisor.Run(tiny.Backbone, given, options ?? Options())).Message;
        Assert.StartsWith("There are 3 pictures of good parts; advice needs at least 4", Error(pictures[..3]));
        Assert.StartsWith("There is 1 picture of good parts", Error(pictures[..1]));
        Assert.Contains("too small to paint defects into", Error([.. pictures, small]));
        Assert.Matches("^6 shots were asked for, but of [45] usable pictures at most [23] can be", Error(pictures, Options() with { Shots = [6] }));
        Assert.StartsWith("Most is 3", Error(pictures, Options() with { Most = 3 }));
        Assert.StartsWith("The object name is empty", Error(pictures, Options() with { ObjectName = " " }));
        Assert.StartsWith("Cannot read 'missing': the file does not exist", Error(["missing"]));
    }

    [Fact]
    public void Test_copies_are_good_pictures_and_painted_ones_of_all_sizes_and_the_same_every_time()
    {
        var copies = new TestCopies(Draw(2), seed: 1, pixelLimit: 1_000_000);
        TestCopy[] made = [.. copies.Make()], again = [.. copies.Make()];
        Assert.Equal(copies.Count, made.Length);
        Assert.Equal(2, copies.SizeOf.Count(size => size is null));
        Assert.All(Enumerable.Range(0, TestCopies.Sizes.Count), size => Assert.Equal(2 * 8, copies.SizeOf.Count(own => own == size)));
        foreach ((int i, TestCopy copy) in made.Index())
        {
            Assert.Equal(copies.IsPainted[i], copy.Mask is not null);
            Assert.Equal(again[i].Pixels, copy.Pixels);
        }
    }

    private Advice Run(string[] pictures, IProgress<AdviceProgress>? progress = null) =>
        Advisor.Run(tiny.Backbone, pictures, Options(), progress);

    private static AdviceOptions Options() => new() { Training = TinyBackbone.Short(epochs: 1) };

    /// <summary>Pictures of a slope with some noise.</summary>
    private string[] Draw(int count, int width = 80, int height = 70) =>
    [
        .. Enumerable.Range(0, count).Select(n =>
        {
            var random = new Random(n);
            byte[] pixels = [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(80 + (i / 3 % width) + random.Next(12)))];
            string path = Path.Combine(folder, $"{n}.png");
            PictureEncoder.Save(new CameraFrame(pixels, width, height, PixelFormat.Rgb24), path);
            return path;
        }),
    ];
}
