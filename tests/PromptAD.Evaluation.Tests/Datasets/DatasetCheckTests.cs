namespace PromptAD.Evaluation.Tests.Datasets;

public sealed class DatasetCheckTests
{
    private static PictureTree Sound() => new PictureTree(
        "tile/train/good/0.png", "tile/train/good/1.png", "tile/test/good/0.png", "tile/test/cut/0.png")
        .AddMask("tile/ground_truth/cut/0_mask.png", 6, 4, (1, 1));

    private static DatasetProblem Only(PictureTree tree) => Assert.Single(Dataset.Open(tree.Root).Check().All);

    [Fact]
    public void Finds_nothing_wrong_with_a_sound_data_set()
    {
        using PictureTree tree = Sound();
        DatasetProblems problems = Dataset.Open(tree.Root).Check();
        Assert.Empty(problems.All);
        Assert.False(problems.HasErrors);
        problems.ThrowIfErrors();
    }

    [Fact]
    public void Says_for_a_finished_detector_which_good_pictures_are_not_tested_with()
    {
        using var tree = new PictureTree("part/good/0.png", "part/good/1.png", "part/good/2.png", "part/bad/0.png")
            .AddMask("part/masks/0.png", 6, 4, (1, 1));
        Dataset parts = Dataset.Open(tree["part"]);
        Assert.Empty(parts.Check(learns: true).All);
        DatasetProblem problem = Assert.Single(parts.Check(learns: false).All);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.LeftOut), (problem.Severity, problem.Kind));
        Assert.Equal([tree["part/good/0.png"], tree["part/good/1.png"]], problem.Paths);
        Assert.Equal(
            "part: 2 of 3 good pictures, the first half by name, count as learned from and are not tested with. A manifest with a column split, "
            + "which says test, tests with all.", problem.Message);
        tree.Write("all.csv", "path,label\npart/good/0.png,good\npart/good/1.png,good\npart/bad/0.png,bad\n");
        Assert.Contains(Dataset.Open(tree["all.csv"]).Check(learns: false).All, one => one.Message.StartsWith("all: 1 of 2 good", StringComparison.Ordinal));
        tree.Write("test.csv", "path,label,split\npart/good/0.png,good,test\npart/good/1.png,good,test\npart/bad/0.png,bad,test\n");
        Assert.DoesNotContain(Dataset.Open(tree["test.csv"]).Check(learns: false).All, one => one.Kind == ProblemKind.LeftOut);
    }

    [Fact]
    public void Reports_a_missing_mask_as_a_warning()
    {
        using PictureTree tree = Sound().Add("tile/test/cut/1.png");
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.MissingMask, "tile"), (problem.Severity, problem.Kind, problem.Category));
        Assert.Equal([tree["tile/test/cut/1.png"]], problem.Paths);
        Assert.Equal(
            "tile: 1 of 2 defective test pictures have no mask, first 'test/cut/1.png'. "
            + "Pixel figures leave them out; add masks to count them.", problem.Message);
    }

    [Fact]
    public void Reports_a_mask_of_another_shape_as_an_error()
    {
        using PictureTree tree = Sound().AddMask("tile/ground_truth/cut/0_mask.png", 4, 6, (1, 1));
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.MaskSize), (problem.Severity, problem.Kind));
    }

    [Fact]
    public void Reports_a_mask_that_is_the_picture_scaled_as_a_warning()
    {
        using PictureTree tree = Sound().AddMask("tile/ground_truth/cut/0_mask.png", 12, 8, (1, 1));
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.MaskSize), (problem.Severity, problem.Kind));
    }

    [Fact]
    public void Reports_masks_of_one_picture_that_differ_in_size_as_an_error()
    {
        using PictureTree tree = new PictureTree("bag/train/good/0.png", "bag/test/good/0.png", "bag/test/cut/0.png")
            .AddMask("bag/ground_truth/cut/0/0.png", 6, 4, (1, 1)).AddMask("bag/ground_truth/cut/0/1.png", 12, 8, (1, 1));
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.MaskSize), (problem.Severity, problem.Kind));
        Assert.Equal([tree["bag/ground_truth/cut/0/1.png"]], problem.Paths);
    }

    [Fact]
    public void Reports_every_kind_of_picture_that_a_category_lacks()
    {
        using var tree = new PictureTree();
        Directory.CreateDirectory(tree["tile/train/good"]);
        DatasetProblems problems = Dataset.Open(tree.Root).Check();
        Assert.All(problems.All, p => Assert.Equal((ProblemSeverity.Error, ProblemKind.EmptyCategory), (p.Severity, p.Kind)));
        Assert.Equal(
            ["good picture to learn from", "good picture to test with", "defective picture to test with"],
            problems.All.Select(p => p.Message.Replace("tile: there is no ", "").Replace(". Add at least one.", "")));
        var e = Assert.Throws<PromptADException>(problems.ThrowIfErrors);
        Assert.StartsWith("The data set cannot be evaluated. tile: there is no good picture to learn from. Add", e.Message);
    }

    [Fact]
    public void Needs_no_picture_to_learn_from_where_nothing_is_learned()
    {
        using PictureTree tree = Sound();
        Directory.Delete(tree["tile/train/good"], recursive: true);
        Directory.CreateDirectory(tree["tile/train/good"]);
        Assert.Equal(ProblemKind.EmptyCategory, Only(tree).Kind);
        Assert.Empty(Dataset.Open(tree.Root).Check(learns: false).All);
    }

    [Fact]
    public void Reports_files_that_are_listed_but_absent()
    {
        using PictureTree tree = Sound();
        tree.Write("list.csv", """
            path,label,split,mask
            tile/train/good/0.png,good,train,
            tile/train/good/7.png,good,train,
            tile/test/good/0.png,good,test,
            tile/test/cut/0.png,bad,test,tile/ground_truth/cut/7.png
            """);
        DatasetProblem problem = Assert.Single(Dataset.Open(tree["list.csv"]).Check().All);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.AbsentFile), (problem.Severity, problem.Kind));
        Assert.Equal([tree["tile/train/good/7.png"], tree["tile/ground_truth/cut/7.png"]], problem.Paths);
    }

    [Fact]
    public void Reports_a_picture_that_is_in_training_and_test_by_its_content()
    {
        using PictureTree tree = Sound();
        File.Copy(tree["tile/train/good/1.png"], tree["tile/test/good/other name.png"]);
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.SamePictureInTrainAndTest), (problem.Severity, problem.Kind));
        Assert.Equal([tree["tile/test/good/other name.png"], tree["tile/train/good/1.png"]], problem.Paths);
    }

    [Fact]
    public void Does_not_take_pictures_of_equal_length_for_equal()
    {
        using PictureTree tree = Sound().Add("tile/train/good/a.bmp").Add("tile/test/good/b.bmp");
        Assert.Equal(new FileInfo(tree["tile/train/good/a.bmp"]).Length, new FileInfo(tree["tile/test/good/b.bmp"]).Length);
        Assert.Empty(Dataset.Open(tree.Root).Check().All);
    }

    [Fact]
    public void Reports_pictures_and_masks_that_cannot_be_decoded()
    {
        using PictureTree tree = Sound().Write("tile/train/good/2.png", "no picture").Write("tile/ground_truth/cut/0_mask.png", "");
        DatasetProblem[] problems = [.. Dataset.Open(tree.Root).Check().All];
        Assert.All(problems, problem => Assert.Equal(ProblemKind.UnreadablePicture, problem.Kind));
        Assert.Equal(
            [(ProblemSeverity.Error, tree["tile/train/good/2.png"]), (ProblemSeverity.Warning, tree["tile/ground_truth/cut/0_mask.png"])],
            problems.Select(problem => (problem.Severity, Assert.Single(problem.Paths))));
    }

    [Theory]
    [InlineData("tile/test/cut/0.png")]
    [InlineData("tile/test/good/0.tif")]
    public void A_damaged_test_picture_is_a_warning(string picture)
    {
        using PictureTree tree = Sound().Write(picture, "garbage");
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.UnreadablePicture), (problem.Severity, problem.Kind));
        Assert.Equal([tree[picture]], problem.Paths);
    }

    [Fact]
    public void Reports_a_folder_that_is_no_category()
    {
        using PictureTree tree = Sound().Add("drafts/0.png");
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.LeftOut, tree["drafts"]), (problem.Severity, problem.Kind, problem.Paths[0]));
    }

    [Fact]
    public void Reports_all_problems_together()
    {
        using PictureTree tree = Sound().Add("tile/test/cut/1.png").Add("drafts/0.png");
        Directory.CreateDirectory(tree["lid/train/good"]);
        Assert.Equal(
            [ProblemKind.LeftOut, ProblemKind.EmptyCategory, ProblemKind.EmptyCategory, ProblemKind.EmptyCategory, ProblemKind.MissingMask],
            Dataset.Open(tree.Root).Check().All.Select(p => p.Kind));
    }

    [Fact]
    public void Takes_masks_and_pictures_of_any_format_whatever_they_are_called()
    {
        using PictureTree tree = Sound();
        tree.WriteTiff("tile/test/cut/0.png", 6, 4, (x, y) => (byte)(40 * x));
        tree.WriteTiff("tile/ground_truth/cut/0_mask.png", 6, 4, (x, y) => (byte)(x == 2 ? 255 : 0));
        Assert.Empty(Dataset.Open(tree.Root).Check().All);
        tree.WriteTiff("tile/ground_truth/cut/0_mask.png", 4, 6, (x, y) => (byte)(x == 2 ? 255 : 0));
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.MaskSize), (problem.Severity, problem.Kind));
    }

    [Fact]
    public void Reports_a_tiff_and_a_mask_of_another_shape_as_an_error()
    {
        using PictureTree tree = new PictureTree("tile/train/good/0.png", "tile/test/good/0.png")
            .WriteTiff("tile/test/cut/0.tif", 6, 4, (x, y) => (byte)(40 * x)).AddMask("tile/ground_truth/cut/0_mask.png", 4, 6, (1, 1));
        Assert.Equal(ProblemKind.MaskSize, Only(tree).Kind);
    }

    [Fact]
    public void Reports_masks_that_mark_nothing_or_nearly_all_as_warnings()
    {
        using PictureTree tree = Sound().AddMask("tile/ground_truth/cut/0_mask.png", 6, 4);
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Warning, ProblemKind.MaskContent), (problem.Severity, problem.Kind));
        Assert.Equal(
            "tile: 1 mask marks nothing, first 'ground_truth/cut/0_mask.png', so the defects count as normal pixels. Mend the masks, or take "
            + "them away to leave these pictures out of pixel figures.", problem.Message);
        tree.AddMask("tile/ground_truth/cut/0_mask.png", 6, 4, [.. AllOf(6, 4).Skip(1)]);
        Assert.Equal(
            "tile: 1 mask marks more than 95 % of the picture, first 'ground_truth/cut/0_mask.png'. A defect must be light on dark; invert "
            + "masks that are not.", Only(tree).Message);
        tree.AddMask("tile/ground_truth/cut/0_mask.png", 6, 4, [.. AllOf(6, 4).Skip(2)]);
        Assert.Empty(Dataset.Open(tree.Root).Check().All);
    }

    [Fact]
    public void Reports_a_mask_in_the_transparency_as_an_error()
    {
        using PictureTree tree = Sound().AddAlphaMask("tile/ground_truth/cut/0_mask.png", 6, 4, (1, 1));
        DatasetProblem problem = Only(tree);
        Assert.Equal((ProblemSeverity.Error, ProblemKind.MaskContent), (problem.Severity, problem.Kind));
        Assert.StartsWith("tile: 1 mask has its shape in the transparency alone", problem.Message);
    }

    private static IEnumerable<(int X, int Y)> AllOf(int width, int height) =>
        Enumerable.Range(0, width * height).Select(i => (i % width, i / width));
}
