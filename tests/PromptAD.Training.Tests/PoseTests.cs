using System.Numerics;
using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Training.Tests;

public sealed class PoseTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const int Patches = 16, Width = 64; // of the tiny backbone

    [Theory]
    [InlineData(null, true, 2)]
    [InlineData(90.0, false, 3)]
    [InlineData(90.0, true, 7)]
    [InlineData(180.0, false, 1)]
    [InlineData(7.0, false, 51)]
    [InlineData(7.2, true, 99)]
    public void Views_go_all_around_and_none_comes_twice(double? turn, bool flips, int count)
    {
        PoseOptions poses = new() { Turn = turn, Flips = flips };
        Assert.Equal(count, poses.Views);
        IReadOnlyList<PoseView> views = poses.Remembered();
        Assert.Equal(count, views.Distinct().Count());
        Assert.DoesNotContain(new PoseView(0, false), views);
        Assert.All(views, view => Assert.InRange(view.Degrees, 0, 359.99));
    }

    [Fact]
    public void Good_parts_are_judged_in_the_poses_that_are_asked_for()
    {
        Assert.Equal([0.0, 90, 180, 270], Judged(PoseOptions.Quarter).Select(view => view.Degrees).Distinct());
        Assert.All(Judged(PoseOptions.Free), view => Assert.Equal(PoseOptions.Free.Turn!.Value / 2, view.Degrees % PoseOptions.Free.Turn.Value, 1e-9));
        Assert.Contains(Judged(new PoseOptions { Flips = true }), view => view is { IsMirrored: true, Degrees: 0 });
        static PoseView[] Judged(PoseOptions poses) => [.. Enumerable.Range(0, 9).Select(i => poses.Judged(i, 9))];
    }

    [Fact]
    public void A_turned_picture_is_known_as_well_as_the_picture_itself()
    {
        using AnomalyDetector plain = tiny.Trainer(shots: 1).Train(), posed = Train(PoseOptions.Quarter, shots: 1);
        foreach (int turns in (int[])[0, 1, 2, 3])
        {
            Assert.InRange(posed.Predict(Turned(0, turns)).VisualScore!.Value, 0, 1e-5f);
            if (turns > 0) Assert.InRange(plain.Predict(Turned(0, turns)).VisualScore!.Value, 1e-3f, 1);
        }
    }

    [Fact]
    public void The_memory_begins_with_the_pictures_themselves_and_stays_within_its_bound()
    {
        Detector plain = Saved(tiny.Trainer().Train()), all = Saved(Train(PoseOptions.Free)), few = Saved(Train(PoseOptions.Free with { MostRows = 20 }));
        Assert.All(plain.Memory!.Layers.Zip(few.Memory!.Layers), pair => Assert.Equal(pair.First, pair.Second[..pair.First.Length]));
        Assert.All(few.Memory!.Layers, layer => Assert.Equal(2 * 20 * Width, layer.Length));
        // A turn leaves corners empty, and what stands there instead is not remembered.
        Assert.InRange(all.Memory!.Layers[0].Length / Width, 2 * 4 * Patches, (2 * 52 * Patches) - 1);
        Assert.Equal(Saved(Train(PoseOptions.Free with { MostRows = 20 })).Memory!.Layers, few.Memory!.Layers);
    }

    [Fact]
    public void Other_poses_of_a_picture_have_no_part_in_its_scale_and_peak()
    {
        TrainingOptions options = TinyBackbone.Short() with { Scoring = TrainingOptions.Recommended.Scoring with { MapSize = 32, WhitenMemory = false } };
        TrainingOptions turned = options with { Poses = new PoseOptions { Turn = 90, Flips = true } };
        Detector plain = Saved(tiny.Trainer(options).Train()), posed = Saved(tiny.Trainer(turned).Train());
        Assert.NotNull(plain.Metadata.Scale);
        Assert.Equal(plain.Metadata.Scale, posed.Metadata.Scale);
        Assert.Equal(plain.Metadata.GoodPeak, posed.Metadata.GoodPeak);
        Assert.Equal(1, posed.Metadata.Format); // a larger memory is nothing new to earlier programs
    }

    [Fact]
    public void A_picture_that_is_left_out_is_left_out_in_all_poses()
    {
        // With a memory of another picture in the same poses, a picture's left-out score is what a detector taught that other picture says.
        TrainingOptions options = TinyBackbone.Short() with { Scoring = new ScoringOptions { MapSize = 32 }, Poses = PoseOptions.Quarter };
        using AnomalyDetector detector = tiny.Trainer(options).Train();
        var trainer = new PromptTrainer(tiny.Backbone, "metal nut", options);
        trainer.AddGood(TinyBackbone.NoiseFrame(1));
        using AnomalyDetector other = trainer.Train();
        GoodScore left = detector.Detector.GoodScores.Shots.First(score => score.Source == 0);
        Prediction own = detector.Predict(TinyBackbone.NoiseFrame(0)), byOther = other.Predict(TinyBackbone.NoiseFrame(0));
        Assert.InRange(own.VisualScore!.Value, 0, 1e-5f);
        Assert.Equal(ScoreMaps.Fuse(own.TextScore!.Value, byOther.VisualScore!.Value), left.Score, 1e-5f);
    }

    [Fact]
    public void A_single_picture_is_compared_with_other_places_of_it_however_it_lies()
    {
        // Every patch is unlike every other, and the memory has each of them turned by a quarter, too.
        const int Grid = 6;
        float[] rows = [.. Enumerable.Range(0, Grid * Grid).SelectMany(place => Enumerable.Range(0, Grid * Grid).Select(i => i == place ? 1f : 0))];
        var quarter = new PoseView(90, IsMirrored: false);
        var itself = new PictureFeatures([1], [1], [rows]);
        int[] from = [.. quarter.Spots(new PatchGrid(Grid), 1).Select(spot => ((int)spot.Y * Grid) + (int)spot.X)];
        PictureFeatures turned = new([1], [1], [Channels.Pick(rows, from, Grid * Grid)]) { Spots = quarter.Spots(new PatchGrid(Grid), 1) };
        var bank = new MemoryBank([[.. rows, .. turned.Memory[0]]], Grid * Grid);
        var left = new LeftOutScores([itself], [turned]);
        foreach (PictureFeatures query in (PictureFeatures[])[itself, turned])
        {
            Assert.All(bank.VisualMap(query.Memory), value => Assert.Equal(0, value, 1e-6f));
            Assert.All(left.Elsewhere(query, bank), value => Assert.Equal(0.5f, value, 1e-6f));
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_with_the_way_out()
    {
        var mask = new PictureMask(64, 64).Inspect([new Vector2(0, 0), new(32, 0), new(32, 64), new(0, 64)]);
        Assert.Equal(
            "A mask stays in its place when poses turn pictures; use a mask or poses, not both.",
            Refused(() => new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short() with { Poses = PoseOptions.Free }) { Mask = mask }.Train()));
        Assert.Equal(
            "Poses.MostRows is 15; it must be at least 16, the patches of a picture itself.",
            Refused(() => Train(PoseOptions.Free with { MostRows = 15 })));
        Assert.Equal("Poses.Turn is 0.5; it must lie between 1 and 180.", Refused(() => Train(new PoseOptions { Turn = 0.5 })));
        Assert.Equal("Poses.MostRows is 0; it must lie between 1 and 100000.", Refused(() => Train(PoseOptions.Free with { MostRows = 0 })));
        Assert.StartsWith("Poses ask for no turn and no flip", Refused(() => Train(new PoseOptions())));
    }

    private static string Refused(Action action) => Assert.Throws<PromptADException>(action).Message;

    private AnomalyDetector Train(PoseOptions poses, int shots = 2) => tiny.Trainer(TinyBackbone.Short() with { Poses = poses }, shots).Train();

    private Detector Saved(AnomalyDetector detector)
    {
        using (detector)
        {
            string file = Path.Combine(tiny.Folder, $"{Guid.NewGuid():N}.promptad");
            detector.Save(file);
            return Detector.Load(file);
        }
    }

    /// <summary>A noise picture turned clockwise by quarters.</summary>
    private static CameraFrame Turned(int seed, int turns)
    {
        const int Side = 64;
        var pixels = new byte[Side * Side * 3];
        new Random(seed).NextBytes(pixels);
        for (; turns > 0; turns--)
        {
            byte[] before = pixels;
            pixels = [.. Enumerable.Range(0, before.Length).Select(i =>
                before[(((((Side - 1 - (i / 3 % Side)) * Side) + (i / 3 / Side)) * 3) + (i % 3))])];
        }
        return new CameraFrame(pixels, Side, Side, PixelFormat.Rgb24);
    }
}
