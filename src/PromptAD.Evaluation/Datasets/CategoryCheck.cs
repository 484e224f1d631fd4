using System.Security.Cryptography;

namespace PromptAD.Evaluation.Datasets;

/// <summary>Looks for what is wrong with one category. Files that do not exist are reported once and skipped by the other checks.</summary>
internal sealed class CategoryCheck(Category category, bool learns, CancellationToken cancellation = default)
{
    private readonly string[] _learned = [.. category.TrainGood, .. category.ValidationGood];

    public IEnumerable<DatasetProblem> Problems() =>
        [.. EmptyLists(), .. UntestedHalf(), .. AbsentFiles(), .. MissingMasks(), .. SizesAndUnreadable(), .. SamePictures()];

    private IEnumerable<DatasetProblem> EmptyLists()
    {
        if (learns && category.TrainGood.Count == 0) yield return Empty("good picture to learn from");
        if (!category.Test.Any(t => !t.IsDefective)) yield return Empty("good picture to test with");
        if (!category.Test.Any(t => t.IsDefective)) yield return Empty("defective picture to test with");
    }

    /// <summary>Where a detector is finished, the half of the good pictures that is taken for learned from.</summary>
    private IEnumerable<DatasetProblem> UntestedHalf()
    {
        if (learns || category.Halved.Count == 0) yield break;
        int good = category.Halved.Count + category.Test.Count(t => !t.IsDefective);
        yield return Warning(ProblemKind.LeftOut,
            $"{category.Halved.Count} of {good} good pictures, the first half by name, count as learned from and are not tested with. "
            + "A manifest with a column split, which says test, tests with all.", category.Halved);
    }

    private DatasetProblem Empty(string what) => Error(ProblemKind.EmptyCategory, $"there is no {what}. Add at least one.", []);

    private IEnumerable<DatasetProblem> AbsentFiles()
    {
        string[] absent = [.. _learned.Concat(category.Test.SelectMany(t => t.MaskPaths.Prepend(t.Path))).Where(p => !File.Exists(p))];
        if (absent.Length > 0)
        {
            yield return Error(ProblemKind.AbsentFile,
                $"{Files(absent)} listed but absent, first {First(absent)}. Put them there or take them off the list.", absent);
        }
    }

    private IEnumerable<DatasetProblem> MissingMasks()
    {
        string[] unknown = [.. category.Test.Where(t => !t.IsMaskKnown).Select(t => t.Path)];
        if (unknown.Length > 0)
        {
            yield return Warning(ProblemKind.MissingMask,
                $"{unknown.Length} of {category.Test.Count(t => t.IsDefective)} defective test pictures have no mask, "
                + $"first {First(unknown)}. Pixel figures leave them out; add masks to count them.", unknown);
        }
    }

    private IEnumerable<DatasetProblem> SizesAndUnreadable()
    {
        var unreadable = new List<string>();
        (int Width, int Height)? SizeOf(string path)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return File.Exists(path) ? PictureFile.Size(path) : null;
            }
            catch (PromptADException)
            {
                unreadable.Add(path);
                return null;
            }
        }

        foreach (string path in _learned) SizeOf(path);
        Dictionary<string, MaskContent?> masks = ReadMasks();
        unreadable.AddRange(masks.Where(mask => mask.Value is null).Select(mask => mask.Key));
        List<string> scaled = [], misshapen = [];
        foreach (TestPicture picture in category.Test)
        {
            (int Width, int Height)? size = SizeOf(picture.Path), first = null;
            foreach (string mask in picture.MaskPaths)
            {
                if (!masks.TryGetValue(mask, out MaskContent? content) || content?.Size is not { } maskSize) continue;
                first ??= maskSize;
                // Several masks of one picture are laid over each other.
                if (maskSize != first) misshapen.Add(mask);
                else if (size is { } whole && maskSize != whole) (SameShape(whole, maskSize) ? scaled : misshapen).Add(mask);
            }
        }

        // A test picture that is damaged is left out; what is to be learned from is a person's choice.
        string[] toLearn = [.. unreadable.Where(path => learns && _learned.Contains(path))], toTest = [.. unreadable.Except(_learned)];
        if (toLearn.Length > 0)
        {
            yield return Error(ProblemKind.UnreadablePicture,
                $"{Files(toLearn)} no picture that can be decoded, first {First(toLearn)}. Save them again as 8-bit PNG, or take them "
                + "away.", toLearn);
        }
        if (toTest.Length > 0)
        {
            yield return Warning(ProblemKind.UnreadablePicture,
                $"{Files(toTest)} no test picture or mask that can be decoded, first {First(toTest)}. No figure counts these pictures.",
                toTest);
        }
        foreach (DatasetProblem problem in Contents(masks)) yield return problem;
        if (misshapen.Count > 0)
        {
            yield return Error(ProblemKind.MaskSize, $"{Masks(misshapen, "has", "have")} another shape than the picture "
                + $"or another mask of it, first {First(misshapen)}. Make them as large as their pictures.", misshapen);
        }
        if (scaled.Count > 0)
        {
            yield return Warning(ProblemKind.MaskSize, $"{Masks(scaled, "is", "are")} smaller or larger than the picture, "
                + $"first {First(scaled)}. They are scaled by nearest neighbour.", scaled);
        }
    }

    /// <summary>What the masks that are there hold; null for those that cannot be read.</summary>
    private Dictionary<string, MaskContent?> ReadMasks()
    {
        string[] paths = [.. category.Test.SelectMany(picture => picture.MaskPaths).Distinct().Where(File.Exists)];
        MaskContent?[] contents = [.. paths.AsParallel().AsOrdered().WithCancellation(cancellation).Select(MaskContent.Read)];
        return paths.Zip(contents).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private IEnumerable<DatasetProblem> Contents(Dictionary<string, MaskContent?> masks)
    {
        string[] Where(Func<MaskContent, bool> isSo) =>
            [.. masks.Where(mask => mask.Value is { } content && isSo(content)).Select(mask => mask.Key)];
        string[] hidden = Where(mask => mask.IsInAlpha);
        if (hidden.Length > 0)
        {
            yield return Error(ProblemKind.MaskContent, $"{Masks(hidden, "has its", "have their")} shape in the transparency alone, which "
                + $"is not read, first {First(hidden)}. Save them as white on black without transparency.", hidden);
        }
        string[] empty = Where(mask => mask is { IsInAlpha: false, Marked: 0 });
        if (empty.Length > 0)
        {
            yield return Warning(ProblemKind.MaskContent, $"{Masks(empty, "marks", "mark")} nothing, first {First(empty)}, so the defects "
                + "count as normal pixels. Mend the masks, or take them away to leave these pictures out of pixel figures.", empty);
        }
        string[] full = Where(mask => mask is { IsInAlpha: false, Marked: > MaskContent.NearlyAll });
        if (full.Length > 0)
        {
            yield return Warning(ProblemKind.MaskContent, $"{Masks(full, "marks", "mark")} more than {MaskContent.NearlyAll:0 %} of the "
                + $"picture, first {First(full)}. A defect must be light on dark; invert masks that are not.", full);
        }
    }

    /// <summary>Whether one size is the other scaled, give or take half a pixel of rounding on each side.</summary>
    private static bool SameShape((int Width, int Height) picture, (int Width, int Height) mask) =>
        Math.Abs((long)picture.Width * mask.Height - (long)picture.Height * mask.Width) <= (picture.Width + picture.Height) / 2;

    private IEnumerable<DatasetProblem> SamePictures()
    {
        // Files of different length differ, so almost no test picture has to be read.
        ILookup<long, string> byLength = _learned.Where(File.Exists).ToLookup(p => new FileInfo(p).Length);
        var hashes = new Dictionary<string, string>();
        string HashOf(string path)
        {
            cancellation.ThrowIfCancellationRequested();
            if (hashes.TryGetValue(path, out string? known)) return known;
            try
            {
                using FileStream file = File.OpenRead(path);
                return hashes[path] = Convert.ToHexString(SHA256.HashData(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PromptADException(Problem.Unreadable, $"Cannot read the picture '{path}'. Check that it may be read.", e);
            }
        }

        var pairs = new List<(string Test, string Learned)>();
        foreach (string test in category.Test.Select(t => t.Path).Where(File.Exists))
        {
            string? same = byLength[new FileInfo(test).Length].FirstOrDefault(learned => HashOf(learned) == HashOf(test));
            if (same is not null) pairs.Add((test, same));
        }
        if (pairs.Count > 0)
        {
            string[] paths = [.. pairs.SelectMany(p => new[] { p.Test, p.Learned })];
            yield return Error(ProblemKind.SamePictureInTrainAndTest, $"{pairs.Count} test pictures are also there to learn from, "
                + $"first {First(paths)} = {First(paths[1..])}. Remove one of each pair, or the figures flatter.", paths);
        }
    }

    private DatasetProblem Error(ProblemKind kind, string sentence, IReadOnlyList<string> paths) =>
        new(ProblemSeverity.Error, kind, category.Name, $"{category.Name}: {sentence}", paths);

    private DatasetProblem Warning(ProblemKind kind, string sentence, IReadOnlyList<string> paths) =>
        new(ProblemSeverity.Warning, kind, category.Name, $"{category.Name}: {sentence}", paths);

    private string First(IReadOnlyList<string> paths) => $"'{category.Relative(paths[0])}'";

    private static string Masks(IReadOnlyCollection<string> masks, string one, string many) =>
        masks.Count == 1 ? $"1 mask {one}" : $"{masks.Count} masks {many}";

    private static string Files(string[] paths) => paths.Length == 1 ? "1 file is" : $"{paths.Length} files are";
}
