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
        (string[] train, string[] test) = Halves(Folder.PicturesBelow(good));
        return new Category
        {
            Name = Path.GetFileName(folder),
            Root = folder,
            TrainGood = train,
            Halved = train,
            Test =
            [
                .. Defective(bad, Path.GetFileName(bad), maskFolder),
                .. test.Select(p => new TestPicture { Path = p, DefectType = TestPicture.Good }),
            ],
        };
    }

    /// <summary>The pictures of a folder of defective ones; those in a folder below are of the kind that it is named after.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What those directly in it are called.</param>
    /// <param name="masks">Their masks.</param>
    public static IEnumerable<TestPicture> Defective(string folder, string kind, MaskFolder masks) =>
        from path in Folder.PicturesBelow(folder)
        let below = Folder.PathBelow(folder, path)
        select new TestPicture { Path = path, DefectType = below.Length > 0 ? below : kind, MaskPaths = masks.Of(path, below) };

    /// <summary>The first half, rounded up, to learn from and the rest to test with.</summary>
    public static (string[] Train, string[] Test) Halves(IReadOnlyList<string> good)
    {
        int train = (good.Count + 1) / 2;
        return ([.. good.Take(train)], [.. good.Skip(train)]);
    }
}
