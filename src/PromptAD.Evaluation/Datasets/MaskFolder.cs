namespace PromptAD.Evaluation.Datasets;

/// <summary>
/// A folder of masks, named like their pictures: <c>000_mask.png</c> (MVTec AD, MPDD), <c>000.png</c> (VisA, BTAD) or a folder <c>000</c>
/// with several (LOCO). A picture that lies deeper has its mask as deep, or in the folder itself.
/// </summary>
internal sealed class MaskFolder
{
    private static readonly string[] Suffixes = ["_mask", "", "_label", "_GT"];

    private readonly ILookup<(string Folder, string Stem), string> _byStem;
    private readonly ILookup<string, string> _byFolder;

    /// <param name="folder">Null where there are no masks.</param>
    public MaskFolder(string? folder)
    {
        IReadOnlyList<string> masks = Folder.PicturesBelow(folder);
        _byStem = masks.ToLookup(p => (Folder.PathBelow(folder!, p), Path.GetFileNameWithoutExtension(p)));
        _byFolder = masks.ToLookup(p => Folder.PathBelow(folder!, p), StringComparer.Ordinal);
    }

    /// <summary>Paths of the masks of a picture; none where it has none.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="below">The folder that it lies in, relative to that of all its kind; empty for that one itself.</param>
    public IReadOnlyList<string> Of(string picture, string below = "")
    {
        string stem = Path.GetFileNameWithoutExtension(picture);
        foreach (string folder in below.Length > 0 ? (string[])[below, ""] : [""])
        {
            string? file = Suffixes.SelectMany(suffix => _byStem[(folder, stem + suffix)]).FirstOrDefault();
            if (file is not null) return [file];
            string own = folder.Length > 0 ? $"{folder}/{stem}" : stem;
            if (_byFolder.Contains(own)) return [.. _byFolder[own]];
        }
        return [];
    }
}
