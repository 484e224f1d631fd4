namespace PromptAD.Evaluation.Datasets;

/// <summary>KolektorSDD as published: a folder for each item, a label picture beside each picture.</summary>
internal static class KolektorLayout
{
    private const string LabelSuffix = "_label";
    private const int TrainShare = 5;

    public static Dataset? TryRead(string root)
    {
        string[] items = [.. Folder.In(root).Where(IsItem)];
        if (items.Length == 0) return null;

        int trainItems = (items.Length + TrainShare - 1) / TrainShare;
        string[] good = [.. items[..trainItems].SelectMany(Pictures).Where(p => !p.IsDefective).Select(p => p.Path)];
        TestPicture[] test = [.. items[trainItems..].SelectMany(Pictures)];
        string name = Path.GetFileName(root);
        return new Dataset
        {
            Name = name,
            Path = root,
            Layout = DatasetLayout.Kolektor,
            Categories = [new Category { Name = name, Root = root, TrainGood = good, Test = test }],
            Noticed = Unlabelled(name, items),
        };
    }

    private static bool IsItem(string folder) =>
        Path.GetFileName(folder).StartsWith("kos", StringComparison.OrdinalIgnoreCase)
        && PictureFile.In(folder).Any(p => Label(p) is not null);

    private static IEnumerable<TestPicture> Pictures(string item)
    {
        foreach (string path in PictureFile.In(item))
        {
            if (Label(path) is not { } label) continue;
            // Every picture has a label; only its content tells a cracked part from a good one.
            bool cracked = DefectMask.Read([label]).HasDefect;
            yield return cracked
                ? new TestPicture { Path = path, DefectType = "crack", MaskPaths = [label] }
                : new TestPicture { Path = path, DefectType = TestPicture.Good };
        }
    }

    private static DatasetProblem[] Unlabelled(string name, string[] items)
    {
        string[] paths = [.. items.SelectMany(PictureFile.In).Where(p => !IsLabel(p) && Label(p) is null)];
        if (paths.Length == 0) return [];
        string sentence = $"Pictures without a {LabelSuffix} picture beside them are left out: {paths.Length}, first '{paths[0]}'.";
        return [DatasetProblem.LeftOut(name, sentence, paths)];
    }

    private static bool IsLabel(string path) =>
        Path.GetFileNameWithoutExtension(path).EndsWith(LabelSuffix, StringComparison.OrdinalIgnoreCase);

    private static string? Label(string path)
    {
        if (IsLabel(path)) return null;
        string start = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path) + LabelSuffix);
        return new[] { ".bmp", ".png" }.Select(extension => start + extension).FirstOrDefault(File.Exists);
    }
}
