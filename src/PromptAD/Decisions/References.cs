using PromptAD.Imaging;

namespace PromptAD.Decisions;

/// <summary>The pictures that every feedback is checked with.</summary>
internal static class References
{
    /// <summary>The detector with one more; the same detector where it has this very picture already.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="picture">The picture as the encoder reads it.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="isGood">Whether it shows a good part.</param>
    /// <exception cref="PromptADException">It has one colour all over as a good part, or the detector has too many already.</exception>
    public static Detector With(Detector detector, PreparedPicture picture, string name, bool isGood)
    {
        RefuseTiles(detector);
        if (isGood && picture.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
        if (detector.References.Any(one => one.IsGood == isGood && picture.Pixels.SequenceEqual(one.Pixels))) return detector;
        if (detector.References.Count >= Detector.MaxReferencePictures)
        {
            throw new PromptADException(
                new Diagnostic(
                    Problem.OutOfRange, $"The detector has {Detector.MaxReferencePictures} reference pictures already, the most it can.")
                {
                    Remedy = "Take some away with {0}.",
                    Option = $"{nameof(AnomalyDetector)}.{nameof(AnomalyDetector.RemoveReferenceDefect)}",
                });
        }
        var added = new ReferencePicture(name, isGood) { Pixels = picture.Pixels.ToArray() };
        return detector with { References = [.. detector.References, added] };
    }

    /// <summary>The detector without those of defects that have a name.</summary>
    /// <exception cref="PromptADException">It has none.</exception>
    public static Detector WithoutDefect(Detector detector, string name)
    {
        ReferencePicture[] others = [.. detector.References.Where(one => one.IsGood || one.Name != name)];
        if (others.Length < detector.References.Count) return detector with { References = others };
        string[] known = [.. detector.References.Where(one => !one.IsGood).Select(one => $"'{one.Name}'").Distinct()];
        throw new PromptADException(
            Problem.Missing, $"The detector has no reference picture of a defect named '{name}'; "
            + (known.Length > 0 ? $"give one of {string.Join(", ", known)}." : "it has none of any defect."));
    }

    /// <summary>Whether this very picture is one.</summary>
    public static bool Has(Detector detector, ReadOnlySpan<byte> pixels)
    {
        foreach (ReferencePicture one in detector.References) if (pixels.SequenceEqual(one.Pixels)) return true;
        return false;
    }

    /// <exception cref="PromptADException">The detector takes pictures in tiles.</exception>
    public static void RefuseTiles(Detector detector)
    {
        if (detector.Metadata.Tiles is null) return;
        throw new PromptADException(
            Problem.Unsupported,
            "The detector takes pictures in tiles, which feedback cannot change and which have no reference pictures; train it again with "
            + "the falsely rejected parts among the good ones, or without tiles.");
    }
}
