using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// The sums that the planes of one region are found from, of all good pictures: several sums side by side, so that planes can be found
/// without some of the pictures.
/// </summary>
/// <param name="widths">The length of a row at each layer.</param>
/// <param name="isWhitened">Whether rows are whitened; otherwise they are brought to length 1.</param>
internal sealed class SubspaceSums(IReadOnlyList<int> widths, bool isWhitened)
{
    /// <summary>So many parts of the studied pictures are left out in turn: up to four pictures one by one.</summary>
    public const int Folds = MemoryOptions.CompletePictures;

    private readonly SubspaceFit[]?[] folds = new SubspaceFit[]?[Folds];
    private SubspaceFit[]? later; // of the pictures that are not left out

    /// <summary>Which part a studied picture is in.</summary>
    public static int FoldOf(int picture) => picture % Folds;

    /// <summary>Adds a picture.</summary>
    /// <param name="picture">Its number, counted from 0.</param>
    /// <param name="versions">The picture as it is and as it may also look; together they count as one picture.</param>
    public void Add(int picture, IReadOnlyList<PictureFeatures> versions)
    {
        SubspaceFit[] layers = picture < MemoryOptions.StudiedPictures ? folds[FoldOf(picture)] ??= Empty() : later ??= Empty();
        foreach (PictureFeatures version in versions) Add(layers, version, 1.0 / versions.Count);
    }

    /// <summary>The memory of all pictures.</summary>
    /// <param name="empty">A memory without rows, which whitens and weighs as this one is to.</param>
    /// <param name="explained">The part of the variance that planes explain.</param>
    /// <param name="left">A part that is left out; null for none.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    public MemoryBank Find(MemoryBank empty, double explained, int? left = null, CancellationToken cancellation = default)
    {
        SubspaceFit[] all = Empty();
        foreach (SubspaceFit[]? part in (SubspaceFit[]?[])[.. folds.Where((_, fold) => fold != left), later])
            for (int layer = 0; part is not null && layer < all.Length; layer++) all[layer].Add(part[layer]);
        return Find(all, empty, explained, cancellation);
    }

    /// <summary>The memory of some rows alone.</summary>
    /// <param name="rows">The rows of each picture, as the encoder made them.</param>
    /// <param name="empty">As above.</param>
    /// <param name="explained">As above.</param>
    /// <param name="cancellation">As above.</param>
    public MemoryBank FindOf(
        IEnumerable<PictureFeatures> rows, MemoryBank empty, double explained, CancellationToken cancellation = default)
    {
        SubspaceFit[] layers = Empty();
        foreach (PictureFeatures picture in rows) Add(layers, picture, each: 1);
        return Find(layers, empty, explained, cancellation);
    }

    private static MemoryBank Find(SubspaceFit[] layers, MemoryBank empty, double explained, CancellationToken cancellation) =>
        MemoryBank.Of(
            [.. layers.Select((fit, layer) => fit.Find(explained, empty.Whitenings?[layer], cancellation))],
            empty.Whitenings,
            empty.Weights);

    private void Add(SubspaceFit[] layers, PictureFeatures version, double each)
    {
        foreach ((int layer, float[] rows) in version.Memory.Index())
            layers[layer].Add(isWhitened ? rows : Channels.Normalize(rows, widths[layer]), each);
    }

    private SubspaceFit[] Empty() => [.. widths.Select(width => new SubspaceFit(width))];
}
