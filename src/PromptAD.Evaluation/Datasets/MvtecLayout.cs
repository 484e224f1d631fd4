namespace PromptAD.Evaluation.Datasets;

/// <summary>A category in the layout of MVTec AD and its relatives.</summary>
internal static class MvtecLayout
{
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
            TrainGood = PictureFile.In(good),
            ValidationGood = PictureFile.In(validation is null ? null : Folder.FindGood(validation)),
            Test = test is null ? [] : [.. TestPictures(folder, test)],
        };
    }

    private static IEnumerable<TestPicture> TestPictures(string category, string test)
    {
        // MVTec AD 2 keeps the masks inside the test folder.
        string? truth = Folder.Find(test, "ground_truth") ?? Folder.Find(category, "ground_truth");
        foreach (string folder in Folder.In(test).Where(f => f != truth))
        {
            string type = Path.GetFileName(folder);
            if (Folder.IsGood(type))
            {
                foreach (string path in PictureFile.In(folder)) yield return new TestPicture { Path = path, DefectType = TestPicture.Good };
                continue;
            }
            var masks = new MaskFolder(truth is null ? null : Folder.Find(truth, type));
            foreach (string path in PictureFile.In(folder))
                yield return new TestPicture { Path = path, DefectType = type, MaskPaths = masks.Of(path) };
        }
    }
}
