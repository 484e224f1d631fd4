namespace PromptAD.Evaluation.Datasets;

/// <summary>
/// KolektorSDD and KolektorSDD2 as published: a label picture beside each picture, in a folder for each item (<c>kos01</c>), or in
/// <c>train</c> and <c>test</c>.
/// </summary>
internal static class KolektorLayout
{
    private const int TrainShare = 5;
    private static readonly string[] LabelSuffixes = ["_label", "_GT"], LabelEndings = [".bmp", ".png"];

    public static Dataset? TryRead(string root)
    {
        string[] items = [.. Folder.In(root).Where(IsItem)];
        if (items.Length > 0)
        {
            int trainItems = (items.Length + TrainShare - 1) / TrainShare;
            return Of(root, items[..trainItems], items[trainItems..]);
        }
        string? train = Folder.Find(root, "train"), test = Folder.Find(root, "test");
        return train is not null && test is not null && HasLabels(train) && HasLabels(test) ? Of(root, [train], [test]) : null;
    }

    private static Dataset Of(string root, string[] train, string[] test)
    {
        string[] good = [.. train.SelectMany(Pictures).Where(p => !p.IsDefective).Select(p => p.Path)];
        string name = Path.GetFileName(root);
        return new Dataset
        {
            Name = name,
            Path = root,
            Layout = DatasetLayout.Kolektor,
            Categories = [new Category { Name = name, Root = root, TrainGood = good, Test = [.. test.SelectMany(Pictures)] }],
            Noticed = Unlabelled(name, [.. train, .. test]),
        };
    }

    private static bool IsItem(string folder) =>
        Path.GetFileName(folder).StartsWith("kos", StringComparison.OrdinalIgnoreCase) && HasLabels(folder);

    private static bool HasLabels(string folder) => Folder.Pictures(folder).Any(p => Label(p) is not null);

    private static IEnumerable<TestPicture> Pictures(string folder)
    {
        foreach (string path in Folder.Pictures(folder))
        {
            if (Label(path) is not { } label) continue;
            // Every picture has a label; only its content tells a cracked part from a good one.
            bool cracked = DefectMask.Read([label]).HasDefect;
            yield return cracked
                ? new TestPicture { Path = path, DefectType = "crack", MaskPaths = [label] }
                : new TestPicture { Path = path, DefectType = TestPicture.Good };
        }
    }

    private static DatasetProblem[] Unlabelled(string name, string[] folders)
    {
        string[] paths = [.. folders.SelectMany(Folder.Pictures).Where(p => !IsLabel(p) && Label(p) is null)];
        if (paths.Length == 0) return [];
        string sentence = $"Pictures without a {string.Join(" or ", LabelSuffixes)} picture beside them are left out: {paths.Length}, "
            + $"first '{paths[0]}'.";
        return [DatasetProblem.LeftOut(name, sentence, paths)];
    }

    private static bool IsLabel(string path) =>
        LabelSuffixes.Any(suffix => Path.GetFileNameWithoutExtension(path).EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    private static string? Label(string path)
    {
        if (IsLabel(path)) return null;
        string start = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path));
        return LabelSuffixes.SelectMany(suffix => LabelEndings.Select(ending => start + suffix + ending)).FirstOrDefault(File.Exists);
    }
}
