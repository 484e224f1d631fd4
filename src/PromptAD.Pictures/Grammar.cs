using System.Collections.Frozen;

namespace PromptAD.Pictures;

/// <summary>
/// All that captions are made of, as data: a frame around a state around a description, such as "a photo of a {}", "{} with scratch"
/// and "red cap". <c>{}</c> is where the inner phrase goes. Lower case, no punctuation.
/// </summary>
public static class Grammar
{
    private static readonly char[] s_space = [' '];

    /// <summary>What a picture is called. "a" becomes "an" where it must.</summary>
    public static IReadOnlyList<string> Frames { get; } =
    [
        "a photo of a {}", "a photo of the {}", "a photo of my {}", "a photo of one {}", "a picture of a {}",
            "an inspection picture of a {}",
        "a close-up photo of a {}", "a cropped photo of the {}", "a bright photo of a {}", "a dark photo of the {}",
        "a blurry photo of a {}", "a black and white photo of the {}", "{}",
    ];

    /// <summary>Ways to say that nothing is wrong.</summary>
    public static IReadOnlyList<string> NormalStates { get; } =
    [
        "{}", "{}", "{}", "good {}", "normal {}", "flawless {}", "perfect {}", "unblemished {}", "intact {}", "clean {}", "undamaged {}",
        "{} without flaw", "{} without defect", "{} without damage",
    ];

    /// <summary>Ways to say that something is wrong, whatever it is.</summary>
    public static IReadOnlyList<string> AnomalousStates { get; } =
    [
        "damaged {}", "flawed {}", "abnormal {}", "imperfect {}", "blemished {}", "defective {}", "faulty {}", "bad {}",
        "{} with flaw", "{} with defect", "{} with damage", "{} with anomaly", "{} with a defect", "{} with a flaw",
    ];

    /// <summary>Ways to name one defect.</summary>
    public static IReadOnlyDictionary<DefectKind, string[]> DefectStates { get; } = new Dictionary<DefectKind, string[]>
    {
        [DefectKind.Scratch] = ["{} with scratch", "scratched {}", "{} with a scratch", "{} with scratches", "{} with scuff"],
        [DefectKind.Crack] = ["{} with crack", "cracked {}", "{} with a crack", "broken {}", "{} with breakage", "{} with fracture"],
        [DefectKind.Hole] = ["{} with hole", "{} with a hole", "{} with blowhole", "{} with pit", "{} with poke", "punctured {}"],
        [DefectKind.Stain] = ["{} with stain", "stained {}", "{} with color stain", "{} with a spot", "{} with oil", "{} with rust"],
        [DefectKind.Contamination] =
        [
            "{} with contamination", "contaminated {}", "{} with dirt", "dirty {}", "{} with glue", "{} with metal contamination",
                "{} with foreign material",
        ],
        [DefectKind.Dent] = ["{} with dent", "dented {}", "{} with bump", "{} with squeeze", "deformed {}"],
        [DefectKind.Chip] =
        [
            "{} with chip", "chipped {}", "{} with broken edge", "{} with small breakage", "{} with large breakage", "broken {}",
        ],
        [DefectKind.MissingPart] = ["{} with missing part", "incomplete {}", "{} with a part missing", "{} with missing component"],
        [DefectKind.ExtraPart] = ["{} with extra part", "{} with foreign object", "{} with an extra component"],
        [DefectKind.Bend] = ["bent {}", "{} with bend", "{} with distortion", "deformed {}", "distorted {}"],
        [DefectKind.Misplacement] = ["misplaced {}", "{} with misplaced part", "{} with shifted part", "{} with wrong position"],
        [DefectKind.Misprint] =
        [
            "{} with misprint", "{} with faulty imprint", "{} with print defect", "misprinted {}", "{} with wrong print",
        ],
        [DefectKind.Tear] = ["torn {}", "{} with tear", "{} with cut", "cut {}", "{} with a cut"],
        [DefectKind.LooseThread] = ["{} with thread", "{} with fiber", "{} with hair", "{} with loose thread", "{} with thread residue"],
        [DefectKind.Burn] = ["burnt {}", "{} with burn", "{} with scorch mark"],
        [DefectKind.Discolouration] =
        [
            "discolored {}", "{} with discoloration", "{} with uneven color", "{} with color defect", "{} with gray stroke",
        ],
        [DefectKind.Fold] = ["folded {}", "{} with fold", "{} with wrinkle", "wrinkled {}", "{} with crease"],
    }.ToFrozenDictionary();

    /// <summary>Names of colours that stand before a noun.</summary>
    public static IReadOnlyList<string> Colours { get; } =
        ["black", "white", "grey", "dark", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"];

    /// <summary>Names of materials that stand before a noun.</summary>
    public static IReadOnlyList<string> Materials { get; } = ["metal", "steel"];

    /// <summary>Every word that can stand in a caption, those of kept-out kinds included, in ordinal order.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. new[] { Frames, NormalStates, AnomalousStates, Colours, Materials, ["a an"] }
            .Concat(DefectStates.Values)
            .Concat(ProductKind.All.Select(kind => kind.Nouns))
            .SelectMany(phrases => phrases)
            .SelectMany(phrase => phrase.Split(s_space))
            .Where(word => word != "{}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A caption of a good product.</summary>
    internal static string Normal(Rng rng, string description) => Wrap(rng, Pick(rng, NormalStates), description);

    /// <summary>A caption of a defective product: half the time it names the defect.</summary>
    internal static string Anomalous(Rng rng, string description, DefectKind defect) =>
        Wrap(rng, Pick(rng, rng.Chance(0.5f) ? DefectStates[defect] : AnomalousStates), description);

    private static string Wrap(Rng rng, string state, string description)
    {
        string caption = Pick(rng, Frames).Replace("{}", state).Replace("{}", description);
        string[] words = caption.Split(s_space);
        for (int i = 0; i + 1 < words.Length; i++)
            if (words[i] is "a" or "an") words[i] = "aeiou".Contains(words[i + 1][0]) ? "an" : "a";
        return string.Join(' ', words);
    }

    private static string Pick(Rng rng, IReadOnlyList<string> items) => items[rng.Int(0, items.Count - 1)];
}
