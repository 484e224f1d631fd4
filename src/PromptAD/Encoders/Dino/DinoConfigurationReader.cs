using System.Text.Json;

namespace PromptAD.Encoders.Dino;

/// <summary>
/// Reads the JSON of a DINOv2. A field nobody knows is refused by name, because guessing what it does would give wrong features without any
/// error.
/// </summary>
internal static class DinoConfigurationReader
{
    /// <summary>The most patches along a side.</summary>
    public const int MaximumGrid = 128;

    /// <summary>The value of the field "kind".</summary>
    public const string Kind = "dinov2";

    /// <summary>Values of the field "ffn".</summary>
    public const string Mlp = "mlp", SwiGlu = "swiglufused";

    private const long MaximumParameters = 16_000_000_000; // the largest published has 1.1 billion
    private const int MaximumWidth = 16_384, MaximumLayers = 128, MaximumSize = 4096, MaximumRegisters = 256;
    private const string Wanted = "a configuration of DINOv2";

    private static readonly string[] Fields =
    [
        "kind", "width", "layers", "heads", "patch", "trained_size", "input_size", "registers", "interpolate_offset",
        "interpolate_antialias", "ffn", "layer_scale", "norm_epsilon", "memory_taps",
    ];

    // What reference files say beside, and the others have: which blocks they hold, and the tensors that follow from all other fields.
    private static readonly Dictionary<string, string[]?> Neutral = new() { ["blocks"] = null, ["tensors"] = null };

    /// <summary>Whether the JSON is one of a DINOv2, good or not.</summary>
    public static bool IsOne(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("kind", out JsonElement kind)
        && kind.ValueKind == JsonValueKind.String
        && kind.ValueEquals(Kind);

    public static DinoConfiguration Read(string json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return Read(new JsonFields(document.RootElement, "", source, Wanted));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a character
        {
            string line = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new PromptADException(Problem.Damaged, $"Cannot use {source}: it is not JSON ({line}). Give {Wanted}.", e);
        }
    }

    private static DinoConfiguration Read(JsonFields fields)
    {
        fields.RefuseAllBut(Fields, Neutral, "only those of DINOv2 are");
        if (fields.Find("kind") is null) throw fields.Refuse("the field 'kind' is missing");
        fields.OneOf("kind", Kind);
        int layers = fields.Integer("layers", null, MaximumLayers);
        int trained = fields.Integer("trained_size", null, MaximumSize);
        (int width, int height) = ReadInputSize(fields, trained);
        int registers = fields.Integer("registers", 0, MaximumRegisters, minimum: 0);
        var configuration = new DinoConfiguration(
            fields.Integer("width", null, MaximumWidth),
            layers,
            fields.Integer("heads", null, MaximumWidth),
            fields.Integer("patch", 14, MaximumSize),
            trained,
            width,
            height,
            registers,
            ReadInterpolation(fields, registers),
            fields.OneOf("ffn", Mlp, SwiGlu) == Mlp ? DinoFeedForward.Mlp : DinoFeedForward.SwiGlu,
            fields.Boolean("layer_scale", true),
            (float)fields.Number("norm_epsilon", DinoConfiguration.PublishedEpsilon),
            ReadTaps(fields, layers));
        Check(fields, configuration);
        return configuration;
    }

    private static void Check(JsonFields fields, DinoConfiguration configuration)
    {
        fields.MustDivide("heads", configuration.Heads, "width", configuration.Width);
        fields.MustDivide("patch", configuration.PatchSize, "trained_size", configuration.TrainedSize);
        fields.MustDivide("patch", configuration.PatchSize, "input_size", configuration.InputWidth);
        fields.MustDivide("patch", configuration.PatchSize, "input_size", configuration.InputHeight);
        if (!(configuration.NormEpsilon is > 0 and < 1))
            throw fields.Refuse($"'{fields.Path("norm_epsilon")}' is {configuration.NormEpsilon}; allowed are numbers between 0 and 1");
        foreach ((string size, int grid) in new[] { ("trained_size", configuration.TrainedGrid), ("input_size", configuration.Grid) })
        {
            if (grid > MaximumGrid) throw fields.Refuse($"'{fields.Path(size)}' is {grid} patches; allowed are 1 to {MaximumGrid}");
        }
        long parameters = configuration.ParameterCount;
        if (parameters > MaximumParameters)
            throw fields.Refuse($"the model would have {parameters:N0} weights; allowed are {MaximumParameters:N0}");
    }

    /// <summary>A number for a square, or height and width.</summary>
    private static (int Width, int Height) ReadInputSize(JsonFields fields, int trained)
    {
        if (fields.Find("input_size") is not { ValueKind: JsonValueKind.Array })
        {
            int side = fields.Integer("input_size", trained, MaximumSize);
            return (side, side);
        }
        int[] sides = fields.Integers("input_size", MaximumSize, minimum: 1);
        if (sides is not [int height, int width])
            throw fields.Refuse($"'{fields.Path("input_size")}' must be a number, or a list of height and width");
        return (width, height);
    }

    private static PositionInterpolation ReadInterpolation(JsonFields fields, int registers)
    {
        PositionInterpolation published = PositionInterpolation.Published(registers);
        double offset = fields.Number("interpolate_offset", published.Offset);
        if (!(offset is >= 0 and < 1))
            throw fields.Refuse($"'{fields.Path("interpolate_offset")}' is {offset}; allowed are numbers from 0 to below 1");
        return new PositionInterpolation(offset, fields.Boolean("interpolate_antialias", published.Antialias));
    }

    private static DinoTaps ReadTaps(JsonFields model, int layers)
    {
        if (model.Find("memory_taps") is null) return DinoTaps.Default(layers);
        JsonFields fields = model.Object("memory_taps");
        fields.RefuseAllBut(["blocks", "normed", "weights"], [], "only 'blocks', 'normed' and 'weights' are known");
        int[] blocks = fields.Integers("blocks", layers - 1);
        bool ascending = blocks.Zip(blocks.Skip(1)).All(pair => pair.First < pair.Second);
        if (blocks.Length == 0 || !ascending)
            throw fields.Refuse($"'{fields.Path("blocks")}' must list at least one block, ascending, none twice");
        bool normed = fields.Boolean("normed", true);
        if (fields.Find("weights") is null) return new DinoTaps(blocks, normed);
        float[] weights = fields.Numbers("weights");
        if (weights.Length != blocks.Length || !Array.TrueForAll(weights, weight => weight is > 0 and <= 1))
            throw fields.Refuse($"'{fields.Path("weights")}' must list a number above 0 and up to 1 for each block");
        return new DinoTaps(blocks, normed, weights);
    }
}
