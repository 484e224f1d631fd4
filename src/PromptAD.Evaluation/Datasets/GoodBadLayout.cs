namespace PromptAD.Evaluation.Datasets;

/// <summary>A folder of good and a folder of bad pictures, as people have them who never heard of data sets.</summary>
internal static class GoodBadLayout
{
    public static Category? TryRead(string folder)
    {
        string? good = Folder.FindGood(folder), bad = Folder.FindBad(folder);
        if (good is null || bad is null) return null;

        string? masks = Folder.Find(folder, "masks", "mask", "ground_truth");
        var maskFolder = new MaskFolder(masks is null ? null : Folder.FindBad(masks) ?? masks);
        (string[] train, string[] test) = Halves(PictureFile.In(good));
        return new Category
        {
            Name = Path.GetFileName(folder),
            Root = folder,
            TrainGood = train,
            Test =
            [
                .. PictureFile.In(bad).Select(p => new TestPicture { Path = p, DefectType = Path.GetFileName(bad), MaskPaths = maskFolder.Of(p) }),
                .. test.Select(p => new TestPicture { Path = p, DefectType = TestPicture.Good }),
            ],
        };
    }

    /// <summary>The first half, rounded up, to learn from and the rest to test with.</summary>
    public static (string[] Train, string[] Test) Halves(string[] good)
    {
        int train = (good.Length + 1) / 2;
        return (good[..train], good[train..]);
    }
}
