namespace PromptAD.Evaluation.Datasets;

/// <summary>Finds out which layout a path has, and reads it.</summary>
internal static class LayoutReader
{
    public static Dataset Read(string path, DatasetLayout layout)
    {
        string full = FullPath(path);
        if (File.Exists(full))
        {
            if (layout is DatasetLayout.Detect or DatasetLayout.Manifest) return Manifest.Read(full);
            throw new PromptADException(
                $"'{path}' is a file, but the layout {layout} is a folder. Give the folder, or leave the layout out for a manifest.");
        }
        if (!Directory.Exists(full))
            throw new PromptADException($"The data set '{path}' does not exist. Give a folder, or a .csv or .json manifest.");
        try
        {
            return Candidates(full, layout).FirstOrDefault(found => found is not null) ?? throw NotRecognised(path, layout);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException($"Cannot list the folder '{path}' or one in it. Check that it may be read.", e);
        }
    }

    private static string FullPath(string path)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        }
        catch (ArgumentException e)
        {
            throw new PromptADException($"'{path.Replace("\0", "\\0")}' is no path. Give a folder or a file.", e);
        }
    }

    // The strict layouts first: a folder of categories is whatever holds one.
    private static IEnumerable<Dataset?> Candidates(string root, DatasetLayout layout)
    {
        bool Wanted(DatasetLayout one) => layout == DatasetLayout.Detect || layout == one;
        if (Wanted(DatasetLayout.Visa)) yield return Manifest.TryReadVisa(root);
        if (Wanted(DatasetLayout.Kolektor)) yield return KolektorLayout.TryRead(root);
        if (Wanted(DatasetLayout.Mvtec)) yield return Folders(root, DatasetLayout.Mvtec, MvtecLayout.TryRead);
        if (Wanted(DatasetLayout.GoodBad)) yield return Folders(root, DatasetLayout.GoodBad, GoodBadLayout.TryRead);
    }

    /// <summary>The folder itself as the only category, or else each folder in it that is one.</summary>
    private static Dataset? Folders(string root, DatasetLayout layout, Func<string, Category?> tryRead)
    {
        if (tryRead(root) is { } single) return Named(root, layout, [single], []);

        ILookup<bool, (string Folder, Category? Category)> read =
            Folder.In(root).Select(f => (f, tryRead(f))).ToLookup(r => r.Item2 is not null);
        if (!read[true].Any()) return null;
        DatasetProblem LeftOut(string folder) => DatasetProblem.LeftOut(
            Path.GetFileName(root), $"the folder '{Path.GetFileName(folder)}' is no {layout} category and is left out.", folder);
        return Named(root, layout, [.. read[true].Select(r => r.Category!)], [.. read[false].Select(r => LeftOut(r.Folder))]);
    }

    private static Dataset Named(string root, DatasetLayout layout, Category[] categories, DatasetProblem[] noticed) =>
        new() { Name = Path.GetFileName(root), Path = root, Layout = layout, Categories = categories, Noticed = noticed };

    private static PromptADException NotRecognised(string path, DatasetLayout layout)
    {
        IEnumerable<DatasetLayout> tried = layout == DatasetLayout.Detect
            ? [DatasetLayout.Visa, DatasetLayout.Kolektor, DatasetLayout.Mvtec, DatasetLayout.GoodBad]
            : [layout];
        string lookedFor = string.Join("; ", tried.Select(l => $"{WhatIs(l)} ({l})"));
        return new PromptADException($"The folder '{path}' is no data set that is known. Looked for: {lookedFor}. "
            + "Give the folder that holds these, or a .csv or .json manifest.");
    }

    private static string WhatIs(DatasetLayout layout) => layout switch
    {
        DatasetLayout.Visa => "split_csv/1cls.csv",
        DatasetLayout.Kolektor => "kos01/Part0.jpg with kos01/Part0_label.bmp",
        DatasetLayout.Mvtec => "train/good or train/ok, here or one folder down",
        DatasetLayout.GoodBad => "good and bad, here or one folder down",
        _ => "a .csv or .json manifest",
    };
}
