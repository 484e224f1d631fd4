namespace PromptAD.Imaging;

/// <summary>
/// How many low bits of 16-bit pictures are used: what one picture after the other agrees to. Prediction takes what the detector knows;
/// only training, which sees the product's pictures together, may conclude it from the samples.
/// </summary>
/// <param name="Bits">8 to 16; null where nothing is known yet.</param>
/// <param name="Measures">Whether samples may say it where nothing else does.</param>
/// <param name="IsMeasured">Whether they did, so that a wider picture may change it.</param>
public readonly record struct BitDepth(int? Bits, bool Measures = false, bool IsMeasured = false)
{
    /// <summary>Any sample but 0 stays different from 0, as masks need it.</summary>
    public static BitDepth NotBlack { get; } = new(SampleDepth.Fewest) { IsClamped = true };

    /// <summary>Of a picture that stands alone, the samples say it where the file does not.</summary>
    public static BitDepth Alone { get; } = new(null, Measures: true);

    /// <summary>Whether larger samples count as the largest instead of being refused.</summary>
    internal bool IsClamped { get; private init; }

    /// <summary>What holds when this picture is taken, too. A picture that nothing is known of uses all 16 bits.</summary>
    /// <param name="found">What is known of the picture.</param>
    /// <param name="name">What it is called.</param>
    /// <exception cref="PromptADException">It does not fit what is known.</exception>
    internal BitDepth With(SampleDepth found, string name)
    {
        if (IsClamped) return this;
        if (found.Stated is { } stated)
        {
            if (IsMeasured ? Bits > stated : Bits is not null && Bits != stated)
                throw Differs($"{name} has {stated} significant bits, but {Knower} goes by {Bits}.");
            return this with { Bits = stated, IsMeasured = false };
        }
        if (Bits is { } known && !IsMeasured)
        {
            if (found.Largest >> known == 0) return this;
            throw Differs($"{name} has a sample of {found.Largest}, beyond the {(1 << known) - 1} of the {known} significant bits that "
                + $"{Knower} goes by.");
        }
        return Measures ? new(Math.Max(Bits ?? 0, found.Needed), Measures, IsMeasured: true) : this with { Bits = SampleDepth.Most };
    }

    /// <summary>What holds when a camera's frame is taken, too, which always says its bits.</summary>
    /// <exception cref="PromptADException">It does not fit what is known.</exception>
    internal BitDepth With(in CameraFrame frame) =>
        frame.IsDeep ? With(new SampleDepth(frame.SignificantBits, frame.SignificantBits, 0), frame.Name) : this;

    /// <exception cref="PromptADException">The number is out of its range.</exception>
    internal static void Validate(int? bits, string name)
    {
        if (bits is < SampleDepth.Fewest or > SampleDepth.Most)
        {
            throw new PromptADException(
                Diagnostic.OutOfRange(name, bits, $"be {SampleDepth.Fewest} to {SampleDepth.Most}, often 10, 12 or 16"));
        }
    }

    /// <summary>
    /// The warning of a picture where nothing was known of its bits and 16 were taken, though it seems to have fewer; null for none.
    /// </summary>
    /// <param name="found">What is known of the picture.</param>
    /// <param name="name">What it is called.</param>
    internal Diagnostic? Doubt(SampleDepth found, string name) =>
        this is not { Bits: null, Measures: false } || found.Stated is not null || found.Needed == SampleDepth.Most || found.Largest == 0
            ? null
            : Say($"{name} has 16-bit samples that use the lower {found.Needed} bits alone, but {ushort.MaxValue} was taken as white, "
                + $"which "
                + "makes it dark.", "If it has fewer bits, say so with {0}.");

    /// <summary>What training says of bits that it concluded; null where there is nothing to say.</summary>
    /// <param name="pictures">What the pictures are called.</param>
    public Diagnostic? Assumption(string pictures) => this is { IsMeasured: true, Bits: < SampleDepth.Most and var bits }
        ? Say($"{pictures} have 16-bit samples that use the lower {bits} bits alone, so {(1 << bits) - 1} was taken as white.",
            "If they have others, say so with {0}; the detector keeps it.")
        : null;

    private string Knower => Measures ? "training" : "the detector";

    private PromptADException Differs(string what) =>
        new(Say(what, $"Give pictures of {Bits} bits, or train with the number that all of them have, by {{0}}."));

    private static Diagnostic Say(string what, string remedy) => new(Problem.Mismatch, what)
    {
        Remedy = remedy,
        Option = $"{nameof(PreprocessingOptions)}.{nameof(PreprocessingOptions.SignificantBits)}",
    };
}
