namespace PromptAD.Evaluation.Datasets;

/// <summary>A category in the layout of MVTec AD and its relatives.</summary>
internal static class MvtecLayout
{
    // MVTec 3D-AD keeps photographs, masks and depth apart in every folder.
    private const string Photographs = "rgb", Truth3D = "gt";

    public static Category? TryRead(string folder)
    {
        string? train = Folder.Find(folder, "train");
        string? good = train is null ? null : Folder.FindGood(train);
        if (good is null) return null;

        // MVTec AD 2 also has private test folders, whose truth is not published.
        string? test = Folder.Find(folder, "test", "test_public");
        string? validation = Folder.Find(folder, "validation");
        return new Category
        {
            Name = Path.GetFileName(folder),
            Root = folder,
            TrainGood = Folder.PicturesBelow(PhotographsOf(good)),
            ValidationGood = Folder.PicturesBelow(validation is null ? null : PhotographsOf(Folder.FindGood(validation))),
            Test = test is null ? [] : [.. TestPictures(folder, test)],
        };
    }

    private static IEnumerable<TestPicture> TestPictures(string category, string test)
    {
        // MVTec AD 2 keeps the masks inside the test folder.
        string? truth = Folder.Find(test, "ground_truth") ?? Folder.Find(category, "ground_truth");
        return Folder.In(test).Where(f => f != truth).SelectMany(folder => OfKind(folder, truth));
    }

    private static IEnumerable<TestPicture> OfKind(string folder, string? truth)
    {
        string kind = Path.GetFileName(folder), pictures = PhotographsOf(folder)!;
        if (Folder.IsGood(kind))
            return Folder.PicturesBelow(pictures).Select(path => new TestPicture { Path = path, DefectType = TestPicture.Good });
        var masks = new MaskFolder(pictures != folder ? Folder.Find(folder, Truth3D) : truth is null ? null : Folder.Find(truth, kind));
        // test/bad/scratch is of the kind scratch; test/scratch/line 2 is a scratch all the same.
        return GoodBadLayout.Defective(pictures, kind, masks)
            .Select(picture => Folder.IsBad(kind) ? picture : picture with { DefectType = kind });
    }

    private static string? PhotographsOf(string? folder) => folder is null ? null : Folder.Find(folder, Photographs) ?? folder;
}
