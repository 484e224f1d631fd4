using PromptAD.Evaluation.Methods;

namespace PromptAD.Evaluation;

/// <summary>
/// A way to find defects that a benchmark can run: where its prompts come from, and whether it has a memory of good patches.
/// </summary>
public sealed record EvaluationMethod
{
    private const string WithoutMemory = "-no-memory";

    private EvaluationMethod(string name, PromptSource prompts, bool hasMemory, string description)
    {
        Name = name;
        Prompts = prompts;
        HasMemory = hasMemory;
        Description = description;
    }

    /// <summary>
    /// The method of the paper: prompts learned by semantic concatenation with the explicit anomaly margin, and the visual map.
    /// </summary>
    public static EvaluationMethod PromptAD { get; } =
        new("promptad", PromptSource.Learned, true, "prompts learned by concatenation with the margin, and the visual map");

    /// <summary>PromptAD without the margin loss L_EAM.</summary>
    public static EvaluationMethod Concatenation { get; } =
        new("concatenation", PromptSource.WithoutMargin, true, "as promptad, learned without the explicit anomaly margin");

    /// <summary>
    /// Many-class prompt learning (CoOp): normal and anomalous contexts are learned apart, without concatenation, manual prompts and
    /// margin.
    /// </summary>
    public static EvaluationMethod Coop { get; } =
        new("coop", PromptSource.ManyClass, true, "normal and anomalous contexts learned apart (CoOp), and the visual map");

    /// <summary>WinCLIP's ensemble of manual prompts in place of learned ones, on the same tokens and with the same visual map.</summary>
    public static EvaluationMethod Manual { get; } =
        new("manual", PromptSource.Manual, true, "WinCLIP's ensemble of manual prompts on v-v tokens, and the visual map");

    /// <summary>
    /// WinCLIP+: the same ensemble on windows of two scales, and an association with the windows and patches of the good pictures.
    /// </summary>
    public static EvaluationMethod WinClip { get; } =
        new("winclip", PromptSource.Manual, true, "WinCLIP+: windows of two scales against its words, and an association with good windows")
        {
            HasWindows = true,
        };

    /// <summary>The visual map alone, without words.</summary>
    public static EvaluationMethod Memory { get; } = new("memory", PromptSource.None, true, "the visual map alone");

    /// <summary>
    /// AnomalyDINO (Damm et al., WACV 2025): the nearest patch of turned good pictures at the encoder's last layer, without its masking of
    /// the background. Made for a DINOv2.
    /// </summary>
    public static EvaluationMethod AnomalyDino { get; } =
        new("anomalydino", PromptSource.None, true, "AnomalyDINO: nearest patches of turned good pictures at the last layer, top 1 %")
        {
            Patches = PatchMethod.AnomalyDino,
        };

    /// <summary>
    /// SubspaceAD (Lendering et al., CVPR 2026): the distance from the plane that 99 % of the variance of turned good pictures' patches lie
    /// in, of the mean over the encoder's layers. Made for a DINOv2.
    /// </summary>
    public static EvaluationMethod Subspace { get; } =
        new("subspace", PromptSource.None, true, "SubspaceAD: distance from the plane of turned good pictures' patches, top 1 %")
        {
            Patches = PatchMethod.Subspace,
        };

    /// <summary>All methods, the paper's own first.</summary>
    public static IReadOnlyList<EvaluationMethod> All { get; } =
    [
        PromptAD, PromptAD.NoMemory, Concatenation, Coop, Manual, Manual.NoMemory, WinClip, WinClip.NoMemory, Memory, AnomalyDino, Subspace,
    ];

    /// <summary>What it is called on the command line and in results.</summary>
    public string Name { get; }

    /// <summary>What it does, in words.</summary>
    public string Description { get; }

    /// <summary>Whether good patches are remembered: the visual map.</summary>
    public bool HasMemory { get; }

    /// <summary>Whether it judges by words, too, which need a backbone with a text tower.</summary>
    public bool HasWords => Prompts != PromptSource.None;

    internal PromptSource Prompts { get; }

    /// <summary>How patches are judged, where that is not the product's own way.</summary>
    internal PatchMethod Patches { get; private init; }

    /// <summary>Whether pictures are read in windows, as WinCLIP does.</summary>
    internal bool HasWindows { get; private init; }

    /// <summary>The same prompts without the visual map.</summary>
    /// <exception cref="PromptADException">The method has no prompts, so that nothing would be left.</exception>
    public EvaluationMethod NoMemory
    {
        get
        {
            if (!HasMemory) return this;
            if (Prompts == PromptSource.None)
                throw new PromptADException(
                    Problem.Unsupported,
                    $"The method '{Name}' is its memory; without it nothing is left. Take another method.");
            string words = Description.Replace(", and the visual map", ", without the visual map", StringComparison.Ordinal)
                .Replace(", and an association with good windows", ", without good pictures", StringComparison.Ordinal)
                .Replace("WinCLIP+", "WinCLIP", StringComparison.Ordinal);
            return new EvaluationMethod(Name + WithoutMemory, Prompts, hasMemory: false, words) { HasWindows = HasWindows };
        }
    }

    /// <summary>The method of a name, such as "promptad" or "coop-no-memory".</summary>
    /// <exception cref="PromptADException">There is no such method.</exception>
    public static EvaluationMethod Parse(string name)
    {
        if (All.FirstOrDefault(method => method.Name == name) is { } found) return found;
        bool bare = name.EndsWith(WithoutMemory, StringComparison.Ordinal);
        string stem = bare ? name[..^WithoutMemory.Length] : name;
        return bare && All.FirstOrDefault(method => method.Name == stem) is { } with
            ? with.NoMemory
            : throw new PromptADException(Problem.InvalidArgument, $"There is no method '{name}'; use {string.Join(", ", All)} or all.");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
