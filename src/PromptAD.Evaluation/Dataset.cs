using PromptAD.Evaluation.Datasets;

namespace PromptAD.Evaluation;

/// <summary>
/// Pictures of one or more products, split into training and test. Lists are in ordinal order of the path and so the same everywhere.
/// </summary>
public sealed record Dataset
{
    /// <summary>Name of the folder or manifest it was read from.</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the folder or manifest it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>How it was laid out; never <see cref="DatasetLayout.Detect"/>.</summary>
    public required DatasetLayout Layout { get; init; }

    /// <summary>The products, in ordinal order of their names; at least one.</summary>
    public required IReadOnlyList<Category> Categories { get; init; }

    /// <summary>What was noticed while reading the layout.</summary>
    internal IReadOnlyList<DatasetProblem> Noticed { get; init; } = [];

    /// <summary>
    /// Reads which pictures there are. Pictures themselves are not opened, except the labels of KolektorSDD, which alone say what is
    /// defective.
    /// </summary>
    /// <param name="path">A data set's folder, one category's folder, or a manifest (.csv or .json).</param>
    /// <param name="layout">What to expect; by default whatever fits.</param>
    /// <exception cref="PromptADException">Nothing at the path has the expected layout; the message lists what was looked for.</exception>
    public static Dataset Open(string path, DatasetLayout layout = DatasetLayout.Detect) => LayoutReader.Read(path, layout);

    /// <summary>The same data set with some of its categories.</summary>
    /// <param name="names">The names of those that stay.</param>
    public Dataset Only(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return this with
        {
            Categories = [.. Categories.Where(category => names.Contains(category.Name))],
            Noticed = [.. Noticed.Where(problem => problem.Category == Name || names.Contains(problem.Category))],
        };
    }

    /// <summary>
    /// Looks for everything that would spoil or stop an evaluation (<see cref="ProblemKind"/>), so that all of it is known before work
    /// starts. Masks are read. Of pictures only the header is, and all bytes only of a test picture that is exactly as long as a training
    /// picture.
    /// </summary>
    /// <exception cref="PromptADException">A file may not be read.</exception>
    public DatasetProblems Check() => Check(learns: true);

    /// <summary>The same for what is to be done with the data set.</summary>
    /// <param name="learns">Whether pictures to learn from are needed; a finished detector only needs those to test with.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DatasetProblems Check(bool learns, CancellationToken cancellation = default) =>
        new([.. Noticed, .. Categories.SelectMany(category => new CategoryCheck(category, learns, cancellation).Problems())]);
}

/// <summary>How a data set lies on the disk.</summary>
public enum DatasetLayout
{
    /// <summary>Whatever fits.</summary>
    Detect,

    /// <summary>
    /// <c>train/good</c>, <c>test/good</c>, <c>test/&lt;defect&gt;</c> and <c>ground_truth/&lt;defect&gt;</c> in a folder for each
    /// category: MVTec AD, MVTec AD 2 (<c>test_public</c>), MVTec LOCO (several masks a picture), BTAD (<c>ok</c> and <c>ko</c>), MPDD,
    /// VisA reorganised.
    /// </summary>
    Mvtec,

    /// <summary>VisA as published: <c>split_csv/1cls.csv</c> lists the pictures below the same folder.</summary>
    Visa,

    /// <summary>
    /// KolektorSDD as published: <c>kos01/Part0.jpg</c> with <c>kos01/Part0_label.bmp</c>. It has no split for learning from good pictures
    /// alone, so the first fifth of the items is for training, without their cracked parts, and the other items for testing.
    /// </summary>
    Kolektor,

    /// <summary>
    /// <c>good</c> and <c>bad</c>, with masks in <c>masks</c> or <c>ground_truth</c> or none. The first half of the good pictures by name
    /// is for training and the second for testing: neighbours in a series look alike, so mixing them would flatter the result.
    /// </summary>
    GoodBad,

    /// <summary>
    /// A table, CSV with a header or a JSON array of objects (or an object with <c>name</c> and <c>items</c>), one picture a row:
    /// <c>path</c>, <c>label</c> (good or defective), and optionally <c>category</c>, <c>split</c> (train, validation, test),
    /// <c>defect_type</c> and <c>mask</c> (several with <c>|</c> between them). Paths are relative to the manifest. Without <c>split</c> it
    /// is made as for <see cref="GoodBad"/>.
    /// </summary>
    Manifest,
}
