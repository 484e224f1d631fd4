using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD;

/// <content>Pictures that every feedback is checked with.</content>
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// The most pictures that a detector keeps to be checked with; each takes the bytes of the encoder's input, 173 kB at 240 pixels.
    /// </summary>
    public const int MostKeptPictures = 256;

    /// <summary>The names of the pictures that every feedback is checked with, and whether they show good parts.</summary>
    public IReadOnlyList<(string Name, bool IsGood)> KeptPictures => [.. model.Kept.Select(kept => (kept.Name, kept.IsGood))];

    /// <summary>
    /// Keeps a picture, as the encoder sees it, so that every feedback can be checked with it: a defective part that has to stay rejected,
    /// or a good part. <see cref="Save(string)"/> keeps it in the file. A picture that is kept already is not kept twice.
    /// </summary>
    /// <param name="path">A picture file.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">Leaves the decoding; nothing is kept then.</param>
    /// <returns>false where it was kept already.</returns>
    /// <exception cref="PromptADException">
    /// The file is no picture, the detector takes pictures in tiles, or keeps too many already.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool KeepPicture(string path, bool isGood, CancellationToken cancellation = default)
    {
        RefuseTiles();
        using PreparedPicture prepared = Prepare(path, cancellation);
        return Keep(prepared, Path.GetFileName(path), isGood, cancellation);
    }

    /// <summary>
    /// The same of an encoded picture from the stream's position to its end, which is kept as a file with the same bytes is.
    /// </summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open: closing it is the caller's.</param>
    /// <param name="name">What the picture is called, as a file's name without its folder.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">As above; a read that is under way in the stream is waited for.</param>
    /// <returns>false where it was kept already.</returns>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool KeepPicture(Stream stream, string name, bool isGood, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        RefuseTiles();
        using PreparedPicture prepared = Prepare(stream, cancellation);
        return Keep(prepared, name, isGood, cancellation);
    }

    /// <summary>
    /// As <see cref="KeepPicture(string, bool, CancellationToken)"/> and <see cref="Predict(string)"/>, but the picture is decoded and
    /// resized once for both. It is kept only once it is judged.
    /// </summary>
    internal (Prediction Prediction, bool IsNew) PredictAndKeep(string path, bool isGood, CancellationToken cancellation = default)
    {
        RefuseTiles();
        using PreparedPicture prepared = Prepare(path, cancellation);
        Prediction judged = Judge(prepared, cancellation);
        bool isNew = Keep(prepared, Path.GetFileName(path), isGood, cancellation);
        return (judged with { IsKept = true }, isNew);
    }

    /// <summary>
    /// Keeps a picture of a defect no longer, as one that was kept by mistake: feedback is not checked with it any more. Its pixels are
    /// forgotten, too; <see cref="KeepPicture(string, bool, CancellationToken)"/> keeps it again.
    /// </summary>
    /// <param name="name">Its name, as <see cref="KeptPictures"/> has it.</param>
    /// <returns>How many pictures of this name were kept.</returns>
    /// <exception cref="PromptADException">No picture of a defect of this name is kept.</exception>
    public int ForgetDefect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (limitsGate)
        {
            KeptPicture[] others = [.. model.Kept.Where(kept => kept.IsGood || kept.Name != name)];
            int forgotten = model.Kept.Count - others.Length;
            if (forgotten == 0)
            {
                throw new PromptADException(
                    $"The detector keeps no picture of a defect named '{name}'; give a name that 'promptad history <detector>' lists.");
            }
            model = model with { Kept = others };
            return forgotten;
        }
    }

    /// <summary>Keeps no good pictures any more; those of defects stay.</summary>
    internal void ForgetGoodPictures()
    {
        lock (limitsGate) model = model with { Kept = [.. model.Kept.Where(kept => !kept.IsGood)] };
    }

    private bool Keep(PreparedPicture picture, string name, bool isGood, CancellationToken cancellation)
    {
        if (isGood && picture.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
        byte[] pixels = picture.Pixels.ToArray();
        EnterChange(cancellation);
        try
        {
            if (model.Kept.Any(kept => kept.IsGood == isGood && kept.Pixels.AsSpan().SequenceEqual(pixels))) return false;
            if (model.Kept.Count >= MostKeptPictures)
            {
                throw new PromptADException(
                    $"The detector keeps {MostKeptPictures} pictures already, the most it can; forget some "
                    + $"({nameof(ForgetDefect)}).");
            }
            model = model with { Kept = [.. model.Kept, new KeptPicture(name, isGood) { Pixels = pixels }] };
            return true;
        }
        finally
        {
            limitsGate.Exit();
        }
    }

    /// <summary>Whether the detector keeps this very picture, to be checked with after feedback.</summary>
    private bool IsKept(ReadOnlySpan<byte> pixels)
    {
        foreach (KeptPicture kept in model.Kept) if (pixels.SequenceEqual(kept.Pixels)) return true;
        return false;
    }

    private IReadOnlyList<KeptPictureCheck> CheckKept(
        MemoryBank before, MemoryBank after, Limits limits, CancellationToken cancellation) =>
    [
        .. model.Kept.Select(kept =>
        {
            PictureFeatures features = Read(kept.Pixels, cancellation);
            (float old, float now) = (ScoreOf(features, before, cancellation), ScoreOf(features, after, cancellation));
            return new KeptPictureCheck(kept.Name, kept.IsGood, old, now, limits.Judge(old), limits.Judge(now));
        }),
    ];
}
