using PromptAD.Files;
using PromptAD.Wording;

namespace PromptAD.Evaluation.Datasets;

/// <summary>Finds out which layout a path has, and reads it.</summary>
internal static class LayoutReader
{
    private const int MostNames = 10; // in one line

    public static Dataset Read(string path, DatasetLayout layout)
    {
        string full = FullPath(path);
        if (File.Exists(full))
        {
            if (layout is DatasetLayout.Detect or DatasetLayout.Manifest) return Manifest.Read(full);
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{path}' is a file, but the layout {layout} is a folder. Give the folder, or leave the layout out for a manifest.");
        }
        if (!Directory.Exists(full))
            throw new PromptADException(
                Problem.Missing,
                $"The data set '{path}' does not exist. Give a folder, or a .csv or .json manifest.");
        try
        {
            return Candidates(full, layout).FirstOrDefault(found => found is not null) ?? throw NotRecognised(path, layout);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(Problem.Unreadable, $"Cannot list the folder '{path}' or one in it. Check that it may be read.", e);
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
            throw new PromptADException(Problem.InvalidArgument, $"'{path.Replace("\0", "\\0")}' is no path. Give a folder or a file.", e);
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
        if (tryRead(root) is { } single) return Named(root, layout, [single], [.. LeftOver(root, [single])]);

        ILookup<bool, (string Folder, Category? Category)> read =
            Folder.In(root).Select(f => (f, tryRead(f))).ToLookup(r => r.Item2 is not null);
        if (!read[true].Any()) return null;
        DatasetProblem LeftOut(string folder) => DatasetProblem.LeftOut(
            Path.GetFileName(root), $"the folder '{Path.GetFileName(folder)}' is no {layout} category and is left out.", folder);
        Category[] categories = [.. read[true].Select(r => r.Category!)];
        string[] others = [.. read[false].Select(r => r.Folder)];
        return Named(root, layout, categories, [.. others.Select(LeftOut), .. LeftOver(root, categories, others)]);
    }

    /// <summary>
    /// What lies in the folder and has no part in the data set: pictures at places that the layout does not know, and what the folder's
    /// listing leaves out. Folders that were told of already do not count again.
    /// </summary>
    private static IEnumerable<DatasetProblem> LeftOver(string root, Category[] categories, params string[] told)
    {
        PictureListing listing = PictureFolder.List(root);
        HashSet<string> used = [.. categories.SelectMany(UsedBy)];
        string[] unused =
        [
            .. listing.Pictures.Where(path => !used.Contains(path)
                && !told.Any(folder => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))),
        ];
        string name = Path.GetFileName(root);
        if (unused.Length > 0)
        {
            string first = Path.GetRelativePath(root, unused[0]).Replace('\\', '/');
            yield return DatasetProblem.LeftOut(
                name, $"{Plural.Of(unused.Length, "picture")} at places that the layout does not know left out, first '{first}'.", unused);
        }
        if (listing.LeftOut is { } others)
        {
            string[] paths = [.. listing.Others, .. listing.Hidden, .. listing.Unreadable];
            yield return DatasetProblem.LeftOut(name, $"left out of the folder: {others}.", paths);
        }
    }

    private static IEnumerable<string> UsedBy(Category category) =>
    [
        .. category.TrainGood, .. category.ValidationGood,
        .. category.Test.SelectMany(picture => picture.MaskPaths.Prepend(picture.Path)),
    ];

    private static Dataset Named(string root, DatasetLayout layout, Category[] categories, DatasetProblem[] noticed) =>
        new() { Name = Path.GetFileName(root), Path = root, Layout = layout, Categories = categories, Noticed = noticed };

    private static PromptADException NotRecognised(string path, DatasetLayout layout)
    {
        IEnumerable<DatasetLayout> tried = layout == DatasetLayout.Detect
            ? [DatasetLayout.Visa, DatasetLayout.Kolektor, DatasetLayout.Mvtec, DatasetLayout.GoodBad]
            : [layout];
        string lookedFor = string.Join("; ", tried.Select(l => $"{WhatIs(l)} ({l})"));
        return new PromptADException(Problem.InvalidArgument, $"The folder '{path}' is no data set that is known. Looked for: {lookedFor}. "
            + $"For good, a folder may be called {Names(Folder.GoodNames)}, too; for bad {Names(Folder.BadNames)}. {Found(path)}"
            + "Give the folder that holds these, or a .csv or .json manifest.");

        static string Names(IEnumerable<string> names) => string.Join(", ", names.Skip(1));
    }

    /// <summary>What is in the folder instead, such as "Found: parts, rejects 2. ".</summary>
    private static string Found(string path)
    {
        string[] folders = [.. Folder.In(path).Select(folder => Path.GetFileName(folder))];
        if (folders.Length == 0) return "Found no folder in it. ";
        return $"Found: {string.Join(", ", folders.Take(MostNames))}{(folders.Length > MostNames ? ", …" : "")}. ";
    }

    private static string WhatIs(DatasetLayout layout) => layout switch
    {
        DatasetLayout.Visa => "split_csv/1cls.csv",
        DatasetLayout.Kolektor => "kos01/Part0.jpg with kos01/Part0_label.bmp, or train/0.png and test/1.png with 0_GT.png and 1_GT.png",
        DatasetLayout.Mvtec => "train/good, here or one folder down",
        DatasetLayout.GoodBad => "good and bad, here or one folder down",
        _ => "a .csv or .json manifest",
    };
}
