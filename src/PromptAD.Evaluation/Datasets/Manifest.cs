namespace PromptAD.Evaluation.Datasets;

/// <summary>A data set that a table lists; also VisA, whose published split is such a table with its own column names.</summary>
internal static class Manifest
{
    private const string UnnamedDefect = "defective";

    private const StringSplitOptions MaskSplit = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly string[] GoodLabels = [.. Folder.GoodNames, "0", "false"];
    private static readonly string[] BadLabels = [.. Folder.BadNames, "1", "true"];

    // Names of columns, ours first, then VisA's and anomalib's.
    private static readonly string[] PathColumns = ["path", "image", "image_path", "file", "filename"];
    private static readonly string[] MaskColumns = ["mask", "mask_path"], CategoryColumns = ["category", "object"];
    private const string Label = "label", LabelIndex = "label_index", DefectType = "defect_type";

    private enum Split
    {
        Unsaid,
        Train,
        Validation,
        Test,
    }

    public static Dataset Read(string file)
    {
        (string? name, List<ManifestRow> rows) = ManifestTable.Read(file);
        return ToDataset(name ?? Path.GetFileNameWithoutExtension(file), file, Path.GetDirectoryName(file)!, DatasetLayout.Manifest, rows);
    }

    public static Dataset? TryReadVisa(string root)
    {
        string split = Path.Combine(root, "split_csv", "1cls.csv");
        return File.Exists(split)
            ? ToDataset(Path.GetFileName(root), root, root, DatasetLayout.Visa, ManifestTable.Read(split).Rows)
            : null;
    }

    private static Dataset ToDataset(string name, string path, string root, DatasetLayout layout, List<ManifestRow> rows)
    {
        if (rows.Count == 0) throw new PromptADException(
            Problem.Missing,
            $"The manifest of '{path}' lists no picture. Add a row for each.");
        Entry[] entries = [.. rows.Select(row => ToEntry(row, root, name))];
        var noticed = new List<DatasetProblem>();
        IEnumerable<IGrouping<string, Entry>> byCategory = entries.GroupBy(e => e.Category).OrderBy(g => g.Key, StringComparer.Ordinal);
        Category[] categories = [.. byCategory.Select(g => ToCategory(g.Key, root, [.. g], noticed))];
        return new Dataset { Name = name, Path = path, Layout = layout, Categories = categories, Noticed = noticed };
    }

    private static Category ToCategory(string name, string root, Entry[] entries, List<DatasetProblem> noticed)
    {
        Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Picture.Path, b.Picture.Path));
        string[] Paths(Split split, bool defective) =>
            [.. entries.Where(e => e.Split == split && e.Picture.IsDefective == defective).Select(e => e.Picture.Path)];

        string[] unused = [.. Paths(Split.Train, defective: true), .. Paths(Split.Validation, defective: true)];
        if (unused.Length > 0)
        {
            noticed.Add(DatasetProblem.LeftOut(name, $"{unused.Length} defective pictures are listed for training or validation "
                + $"and left out, first '{unused[0]}'. Learning uses good pictures only.", unused));
        }

        string[] twice =
            [.. entries.CountBy(e => (e.Split, e.Picture.Path)).Where(count => count.Value > 1).Select(count => count.Key.Path)];
        if (twice.Length > 0)
        {
            string sentence = $"{name}: pictures are listed more than once: {twice.Length}, first '{twice[0]}'. Keep one row of each.";
            noticed.Add(new DatasetProblem(ProblemSeverity.Error, ProblemKind.ListedTwice, name, sentence, twice));
        }

        (string[] train, string[] test) = GoodBadLayout.Halves(Paths(Split.Unsaid, defective: false));
        HashSet<string> testHalf = [.. test];
        bool IsTested(Entry e) =>
            e.Split == Split.Test || (e.Split == Split.Unsaid && (e.Picture.IsDefective || testHalf.Contains(e.Picture.Path)));
        return new Category
        {
            Name = name,
            Root = root,
            TrainGood = [.. Paths(Split.Train, defective: false), .. train],
            ValidationGood = Paths(Split.Validation, defective: false),
            Test = [.. entries.Where(IsTested).Select(e => e.Picture)],
            Halved = train,
        };
    }

    private static Entry ToEntry(ManifestRow row, string root, string dataset)
    {
        string Value(params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                if (row.Fields.TryGetValue(name, out string? value) && value.Length > 0) return value;
            return "";
        }

        string path = Value(PathColumns);
        if (path.Length == 0)
        {
            throw new PromptADException(
                Problem.Damaged,
                $"In {row.Where} there is no '{PathColumns[0]}' ({row.ColumnsFound}). Give the picture's path "
                + $"relative to the manifest, in a column called {string.Join(", ", PathColumns)}.");
        }
        string category = Value(CategoryColumns);
        var picture = new TestPicture { Path = FullPath(root, path, row.Where), DefectType = TestPicture.Good };
        // With an index, as anomalib writes, the label may be the name of the defect.
        string label = Value(Label), index = Value(LabelIndex);
        if (IsDefective(index.Length > 0 ? index : label, row))
        {
            string type = Value(DefectType);
            if (type.Length == 0 && index.Length > 0 && !IsLabel(label)) type = label;
            string[] masks = Value(MaskColumns).Split(ManifestTable.Separator, MaskSplit);
            picture = picture with
            {
                DefectType = type is "" or TestPicture.Good ? UnnamedDefect : type,
                MaskPaths = [.. masks.Select(mask => FullPath(root, mask, row.Where))],
            };
        }
        return new Entry(category.Length > 0 ? category : dataset, ToSplit(Value("split"), row.Where), picture);
    }

    private static bool IsLabel(string text) =>
        GoodLabels.Concat(BadLabels).Contains(text, StringComparer.OrdinalIgnoreCase);

    private static bool IsDefective(string label, ManifestRow row)
    {
        if (BadLabels.Contains(label, StringComparer.OrdinalIgnoreCase)) return true;
        if (GoodLabels.Contains(label, StringComparer.OrdinalIgnoreCase)) return false;
        string said = label.Length == 0
            ? $"there is no label ({row.ColumnsFound}), in a column called {Label} or {LabelIndex}"
            : $"the label is '{label}'";
        throw new PromptADException(Problem.Damaged, $"In {row.Where} {said}; allowed are {string.Join(", ", GoodLabels)} for good "
            + $"and {string.Join(", ", BadLabels)} for defective.");
    }

    private static Split ToSplit(string split, string where) => split.ToLowerInvariant() switch
    {
        "" => Split.Unsaid,
        "train" => Split.Train,
        "validation" or "val" => Split.Validation,
        "test" => Split.Test,
        _ => throw new PromptADException(
            Problem.Damaged,
            $"In {where} the split is '{split}'; allowed are train, validation and test, or no split at all."),
    };

    private static string FullPath(string root, string path, string where)
    {
        // A manifest written on Windows is read everywhere.
        string relative = path.Replace('\\', '/');
        if (relative.Contains('\0')) throw new PromptADException(
            Problem.Damaged,
            $"In {where} a path holds a null character. Write it again.");
        return Path.GetFullPath(Path.Combine(root, relative));
    }

    private readonly record struct Entry(string Category, Split Split, TestPicture Picture);
}
