namespace PromptAD.Evaluation.Tests.Datasets;

public sealed class LayoutTests
{
    [Fact]
    public void Reads_a_folder_of_categories_in_the_layout_of_mvtec()
    {
        using var tree = new PictureTree(
            "tile/train/good/001.png", "tile/train/good/000.png", "tile/test/good/000.png",
            "tile/test/crack/000.png", "tile/test/crack/001.png", "tile/ground_truth/crack/000_mask.png",
            "bolt/train/good/10.png", "bolt/train/good/9.png");
        tree.Write("tile/license.txt", "").Write("readme.txt", "");

        Dataset dataset = Dataset.Open(tree.Root);

        Assert.Equal(DatasetLayout.Mvtec, dataset.Layout);
        Assert.Equal(Path.GetFileName(tree.Root), dataset.Name);
        Assert.Equal(["bolt", "tile"], dataset.Categories.Select(c => c.Name));
        Assert.Equal(["train/good/10.png", "train/good/9.png"], Learned(dataset.Categories[0])); // ordinal, not numeric
        Assert.Equal(["train/good/000.png", "train/good/001.png"], Learned(dataset.Categories[1]));
        Assert.Equal(
            ["test/crack/000.png crack ground_truth/crack/000_mask.png", "test/crack/001.png crack unknown", "test/good/000.png good"],
            Tested(dataset.Categories[1]));
    }

    [Fact]
    public void Reads_one_category_given_by_its_own_folder()
    {
        using var tree = new PictureTree("tile/train/good/0.png", "tile/test/good/0.png", "tile/test/cut/0.png");
        Dataset dataset = Dataset.Open(tree["tile/"]);
        Assert.Equal(("tile", "tile"), (dataset.Name, Assert.Single(dataset.Categories).Name));
    }

    [Fact]
    public void Reads_the_folders_of_mvtec_ad_2()
    {
        using var tree = new PictureTree(
            "can/train/good/000_regular.png", "can/validation/good/000_regular.png", "can/test_public/good/000_regular.png",
            "can/test_public/bad/000_regular.png", "can/test_public/ground_truth/bad/000_regular_mask.png", "can/test_private/000.png");
        Category can = Assert.Single(Dataset.Open(tree.Root).Categories);
        Assert.Equal(["validation/good/000_regular.png"], can.ValidationGood.Select(can.Relative));
        Assert.Equal(
            [
                "test_public/bad/000_regular.png bad test_public/ground_truth/bad/000_regular_mask.png",
                "test_public/good/000_regular.png good",
            ],
            Tested(can));
    }

    [Fact]
    public void Reads_the_several_masks_a_picture_of_mvtec_loco()
    {
        using var tree = new PictureTree(
            "bag/train/good/000.png", "bag/validation/good/000.png", "bag/test/good/000.png", "bag/test/logical_anomalies/000.png",
            "bag/ground_truth/logical_anomalies/000/000.png", "bag/ground_truth/logical_anomalies/000/001.png");
        Category bag = Assert.Single(Dataset.Open(tree.Root).Categories);
        Assert.Equal(
            "test/logical_anomalies/000.png logical_anomalies "
            + "ground_truth/logical_anomalies/000/000.png ground_truth/logical_anomalies/000/001.png",
            Tested(bag)[1]);
    }

    [Fact]
    public void Reads_ok_and_ko_of_btad()
    {
        using var tree = new PictureTree(
            "01/train/ok/0000.bmp", "01/test/ok/0001.bmp", "01/test/ko/0000.bmp", "01/ground_truth/ko/0000.png");
        Category category = Assert.Single(Dataset.Open(tree.Root).Categories);
        Assert.Equal(["train/ok/0000.bmp"], Learned(category));
        Assert.Equal(["test/ko/0000.bmp ko ground_truth/ko/0000.png", "test/ok/0001.bmp good"], Tested(category));
    }

    [Fact]
    public void Reads_visa_reorganised()
    {
        using var tree = new PictureTree(
            "candle/train/good/0001.JPG", "candle/test/good/0000.JPG", "candle/test/bad/000.JPG", "candle/ground_truth/bad/000.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(DatasetLayout.Mvtec, dataset.Layout);
        Assert.Equal(["test/bad/000.JPG bad ground_truth/bad/000.png", "test/good/0000.JPG good"], Tested(dataset.Categories[0]));
    }

    [Fact]
    public void Reads_visa_as_published()
    {
        using var tree = new PictureTree();
        tree.Write("split_csv/1cls.csv", """
            object,split,label,image,mask
            pcb1,train,normal,pcb1/Data/Images/Normal/0007.JPG,
            candle,train,normal,candle/Data/Images/Normal/0836.JPG,
            candle,train,normal,candle/Data/Images/Normal/0451.JPG,
            candle,test,normal,candle/Data/Images/Normal/0001.JPG,
            candle,test,anomaly,candle/Data/Images/Anomaly/000.JPG,candle/Data/Masks/Anomaly/000.png
            """);
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(DatasetLayout.Visa, dataset.Layout);
        Assert.Equal(["candle", "pcb1"], dataset.Categories.Select(c => c.Name));
        Category candle = dataset.Categories[0];
        Assert.Equal(["candle/Data/Images/Normal/0451.JPG", "candle/Data/Images/Normal/0836.JPG"], Learned(candle));
        Assert.Equal(
            [
                "candle/Data/Images/Anomaly/000.JPG defective candle/Data/Masks/Anomaly/000.png",
                "candle/Data/Images/Normal/0001.JPG good",
            ],
            Tested(candle));
    }

    [Fact]
    public void Reads_kolektor_and_splits_it_by_item()
    {
        using var tree = new PictureTree();
        for (int item = 1; item <= 5; item++)
        {
            for (int part = 0; part < 2; part++)
            {
                tree.Add($"kos0{item}/Part{part}.jpg");
                tree.AddMask($"kos0{item}/Part{part}_label.bmp", 6, 4, part == 1 ? [(2, 3)] : []);
            }
        }
        tree.Add("kos03/Part7.jpg");

        Dataset dataset = Dataset.Open(tree.Root);

        Assert.Equal(DatasetLayout.Kolektor, dataset.Layout);
        Category category = Assert.Single(dataset.Categories);
        Assert.Equal(["kos01/Part0.jpg"], Learned(category));
        Assert.Equal(8, category.Test.Count);
        Assert.Equal(["kos02/Part0.jpg good", "kos02/Part1.jpg crack kos02/Part1_label.bmp"], Tested(category).Take(2));
        DatasetProblem leftOut = Assert.Single(dataset.Check().All);
        Assert.Equal((ProblemKind.LeftOut, tree["kos03/Part7.jpg"]), (leftOut.Kind, leftOut.Paths[0]));
    }

    [Fact]
    public void Reads_good_and_bad_with_half_of_the_good_to_learn_from()
    {
        using var tree = new PictureTree(
            "good/a.png", "good/b.png", "good/c.png", "bad/x.png", "bad/y.png", "masks/x.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(DatasetLayout.GoodBad, dataset.Layout);
        Category category = Assert.Single(dataset.Categories);
        Assert.Equal(["good/a.png", "good/b.png"], Learned(category));
        Assert.Equal(["bad/x.png bad masks/x.png", "bad/y.png bad unknown", "good/c.png good"], Tested(category));
    }

    [Fact]
    public void Reads_good_and_bad_in_a_folder_for_each_product()
    {
        using var tree = new PictureTree("cap/OK/a.png", "cap/NG/x.png", "lid/OK/a.png", "lid/NG/x.png", "notes/a.png", ".cache/a.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(["cap", "lid"], dataset.Categories.Select(c => c.Name));
        Assert.Equal([tree["notes"], tree[".cache"]], dataset.Noticed.Select(problem => Assert.Single(problem.Paths)));
    }

    [Fact]
    public void Leaves_out_what_notebooks_and_file_managers_leave_behind()
    {
        using var tree = new PictureTree(
            "tile/train/good/0.png", "tile/train/good/._0.png", "tile/test/good/0.png", "tile/test/cut/0.png",
            "tile/test/.ipynb_checkpoints/0-checkpoint.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(["train/good/0.png"], Learned(dataset.Categories[0]));
        Assert.Equal(["test/cut/0.png cut unknown", "test/good/0.png good"], Tested(dataset.Categories[0]));
        string said = Assert.Single(dataset.Noticed).Message;
        Assert.EndsWith(": left out of the folder: 2 hidden or system entries (.ipynb_checkpoints, ._0.png).", said);
    }

    [Fact]
    public void Reads_deeper_folders_as_kinds_of_defects()
    {
        using var tree = new PictureTree(
            "good/a.png", "good/line 2/b.png", "bad/0.png", "bad/scratch/1.png", "bad/scratch/line 2/2.png", "masks/scratch/1.png", "masks/2.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(["good/a.png"], Learned(dataset.Categories[0]));
        Assert.Equal(
            [
                "bad/0.png bad unknown", "bad/scratch/1.png scratch masks/scratch/1.png", "bad/scratch/line 2/2.png scratch/line 2 masks/2.png",
                "good/line 2/b.png good",
            ],
            Tested(dataset.Categories[0]));
        Assert.Empty(dataset.Noticed);
    }

    [Fact]
    public void Reads_deeper_folders_in_the_layout_of_mvtec()
    {
        using var tree = new PictureTree(
            "tile/train/good/x/0.png", "tile/test/good/y/0.png", "tile/test/cut/cam1/0.png", "tile/test/bad/scratch/0.png",
            "tile/ground_truth/cut/cam1/0_mask.png", "tile/ground_truth/bad/0_mask.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(["train/good/x/0.png"], Learned(dataset.Categories[0]));
        Assert.Equal(
            [
                "test/bad/scratch/0.png scratch ground_truth/bad/0_mask.png", "test/cut/cam1/0.png cut ground_truth/cut/cam1/0_mask.png",
                "test/good/y/0.png good",
            ],
            Tested(dataset.Categories[0]));
    }

    [Fact]
    public void Reads_photographs_and_masks_of_mvtec_3d()
    {
        using var tree = new PictureTree(
            "bagel/train/good/rgb/000.png", "bagel/train/good/xyz/000.png", "bagel/test/good/rgb/000.png", "bagel/test/good/gt/000.png",
            "bagel/test/crack/rgb/000.png", "bagel/test/crack/gt/000.png", "bagel/test/crack/xyz/000.png");
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(["train/good/rgb/000.png"], Learned(dataset.Categories[0]));
        Assert.Equal(["test/crack/rgb/000.png crack test/crack/gt/000.png", "test/good/rgb/000.png good"], Tested(dataset.Categories[0]));
        Assert.Contains("3 pictures at places that the layout does not know left out", Assert.Single(dataset.Noticed).Message);
    }

    [Fact]
    public void Reads_kolektor_2_with_its_labels_beside_the_pictures()
    {
        using var tree = new PictureTree();
        foreach (string part in (string[])["train", "test"])
        {
            for (int i = 0; i < 2; i++)
            {
                tree.Add($"{part}/1000{i}.png");
                tree.AddMask($"{part}/1000{i}_GT.png", 6, 4, i == 1 ? [(2, 3)] : []);
            }
        }
        Dataset dataset = Dataset.Open(tree.Root);
        Assert.Equal(DatasetLayout.Kolektor, dataset.Layout);
        Assert.Equal(["train/10000.png"], Learned(dataset.Categories[0]));
        Assert.Equal(["test/10000.png good", "test/10001.png crack test/10001_GT.png"], Tested(dataset.Categories[0]));
    }

    [Theory]
    [InlineData("normal", "abnormal")]
    [InlineData("OK", "nok")]
    [InlineData("Gut", "Schlecht")]
    [InlineData("pass", "fail")]
    public void Knows_what_people_call_good_and_bad(string good, string bad)
    {
        using var tree = new PictureTree($"{good}/a.png", $"{good}/b.png", $"{bad}/x.png");
        Assert.Equal(2, Dataset.Open(tree.Root).Categories[0].Test.Count);
    }

    [Fact]
    public void Names_pictures_that_lie_where_the_layout_knows_none()
    {
        using var tree = new PictureTree("good/a.png", "good/b.png", "bad/x.png", "c.png", "other/d.png");
        tree.Write("bad/y.pgm", "").Write("readme.txt", "");
        string[] said = [.. Dataset.Open(tree.Root).Noticed.Select(problem => problem.Message.Split(": ", 2)[1])];
        Assert.Equal(
            [
                "2 pictures at places that the layout does not know left out, first 'c.png'.",
                "left out of the folder: 2 files of other formats (.pgm, .txt).",
            ],
            said);
    }

    [Fact]
    public void Says_what_was_looked_for_when_nothing_fits()
    {
        using var tree = new PictureTree("pictures/a.png");
        var e = Assert.Throws<PromptADException>(() => Dataset.Open(tree.Root));
        Assert.Equal(
            $"The folder '{tree.Root}' is no data set that is known. Looked for: split_csv/1cls.csv (Visa); "
            + "kos01/Part0.jpg with kos01/Part0_label.bmp, or train/0.png and test/1.png with 0_GT.png and 1_GT.png (Kolektor); "
            + "train/good, here or one folder down (Mvtec); good and bad, here or one folder down (GoodBad). "
            + "For good, a folder may be called ok, normal, okay, pass, passed, io, i.o., gut, non_defective, no_defect, defect_free, too; "
            + "for bad ko, ng, nok, abnormal, anomaly, anomalies, anomalous, defect, defects, defective, fail, failed, faulty, reject, rejects, "
            + "rejected, nio, n.i.o., schlecht. Found: pictures. "
            + "Give the folder that holds these, or a .csv or .json manifest.", e.Message);
    }

    [Fact]
    public void Takes_no_other_layout_than_the_one_asked_for()
    {
        using var tree = new PictureTree("good/a.png", "bad/x.png");
        var e = Assert.Throws<PromptADException>(() => Dataset.Open(tree.Root, DatasetLayout.Mvtec));
        Assert.Contains("Looked for: train/good, here or one folder down (Mvtec). ", e.Message);
        Assert.Equal(DatasetLayout.GoodBad, Dataset.Open(tree.Root, DatasetLayout.GoodBad).Layout);
    }

    [Theory]
    [InlineData("nowhere", "does not exist")]
    [InlineData("no\0path", "is no path")]
    public void Refuses_a_path_with_nothing_there(string path, string said) =>
        Assert.Contains(said, Assert.Throws<PromptADException>(() => Dataset.Open(path)).Message);

    internal static string[] Learned(Category category) => [.. category.TrainGood.Select(category.Relative)];

    internal static string[] Tested(Category category) =>
    [
        .. category.Test.Select(t => string.Join(' ',
            [category.Relative(t.Path), t.DefectType, .. t.IsMaskKnown ? t.MaskPaths.Select(category.Relative) : ["unknown"]])),
    ];
}
