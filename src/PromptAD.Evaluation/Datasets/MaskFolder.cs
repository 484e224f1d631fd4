namespace PromptAD.Evaluation.Datasets;

/// <summary>
/// A folder of masks, named like their pictures: <c>000_mask.png</c> (MVTec AD, MPDD), <c>000.png</c> (VisA, BTAD) or a folder <c>000</c> with several (LOCO).
/// </summary>
internal sealed class MaskFolder
{
    private static readonly string[] Suffixes = ["_mask", "", "_label"];

    private readonly string? _folder;
    private readonly ILookup<string, string> _byStem;

    /// <param name="folder">Null where there are no masks.</param>
    public MaskFolder(string? folder)
    {
        _folder = folder;
        _byStem = PictureFile.In(folder).ToLookup(p => Path.GetFileNameWithoutExtension(p), StringComparer.Ordinal);
    }

    /// <summary>Paths of the masks of a picture; none where it has none.</summary>
    public IReadOnlyList<string> Of(string picture)
    {
        if (_folder is null) return [];
        string stem = Path.GetFileNameWithoutExtension(picture);
        string? file = Suffixes.SelectMany(suffix => _byStem[stem + suffix]).FirstOrDefault();
        return file is null ? PictureFile.In(Path.Combine(_folder, stem)) : [file];
    }
}
