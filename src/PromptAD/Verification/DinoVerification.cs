using System.Globalization;
using System.Text.RegularExpressions;
using PromptAD.Checkpoints;
using PromptAD.Encoders.Dino;
using PromptAD.Files;
using PromptAD.Validation;

namespace PromptAD.Verification;

/// <summary>
/// Recomputes a reference of DINOv2 on this machine: generates the backbone by rule, imports it as any other, and encodes. Its tensors are
/// the table of places for the input, and class token and patches behind some blocks, as they are and through the final normalisation.
/// </summary>
internal sealed partial class DinoVerification
{
    public const string Places = "pos_embed.resized";
    private const string Configuration = "configuration";
    private const double Tolerance = 1e-4; // of a tensor's largest magnitude
    private const float ImageScale = 1.8f;
    private const int MostImages = 64;
    private readonly DinoConfiguration configuration;
    private readonly Dictionary<int, (DinoTokens Plain, DinoTokens Normed)[]> streams; // of each image

    private DinoVerification(DinoConfiguration configuration, Dictionary<int, (DinoTokens Plain, DinoTokens Normed)[]> streams)
    {
        this.configuration = configuration;
        this.streams = streams;
    }

    /// <summary>Checks every tensor of the reference and reports each.</summary>
    /// <exception cref="PromptADException">The reference has no good configuration, or a tensor that is not known.</exception>
    public static void Run(SafetensorsFile file, string path, Action<TensorCheck> report, CancellationToken cancellation)
    {
        if (!file.Metadata.TryGetValue(Configuration, out string? json))
        {
            throw new PromptADException(
                Problem.Missing, $"Reference '{path}' lacks '{Configuration}' in its metadata. Give a whole reference of DINOv2.");
        }
        DinoConfiguration configuration = DinoConfiguration.Parse(json, $"'{path}'");
        TensorEntry[] tensors = [.. file.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        int[] blocks = [.. tensors.Where(tensor => tensor.Name != Places).Select(BlockOf).Distinct()];
        string folder = Path.Combine(Path.GetTempPath(), $"promptad-verify-{Guid.NewGuid():N}");
        try
        {
            string backbone = new BackboneStore(folder).Generate(configuration, "reference", cancellation: cancellation).Folder;
            var verification = new DinoVerification(
                configuration, Encode(backbone, configuration, blocks, Images(tensors), cancellation));
            foreach (TensorEntry tensor in tensors)
                report(TensorCheck.Relative(tensor.Name, verification.Values(tensor), file.ReadFloats(tensor.Name), Tolerance));
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        int BlockOf(TensorEntry tensor)
        {
            if (TensorName().Match(tensor.Name) is not { Success: true } match)
            {
                throw new PromptADException(
                    Problem.InvalidArgument,
                    $"Tensor '{Printable.Line(tensor.Name)}' of '{path}' is not known. Give a reference with '{Places}' and tensors "
                    + "such as 'block1.patches' and 'final.cls'.");
            }
            int block = Block(match, configuration);
            Check.Range(block, 0, configuration.Layers - 1, tensor.Name);
            return block;
        }
    }

    /// <summary>How many images the reference is of: what its tensors but the table have along their first side.</summary>
    private static int Images(TensorEntry[] tensors)
    {
        IEnumerable<TensorEntry> streams = tensors.Where(tensor => tensor.Name != Places);
        long images = streams.Select(tensor => tensor.Shape.FirstOrDefault()).DefaultIfEmpty(1).Max();
        Check.Range((int)Math.Min(images, int.MaxValue), 1, MostImages, "images");
        return (int)images;
    }

    private static Dictionary<int, (DinoTokens Plain, DinoTokens Normed)[]> Encode(
        string folder, DinoConfiguration configuration, int[] blocks, int count, CancellationToken cancellation)
    {
        if (blocks.Length == 0) return [];
        int length = 3 * configuration.InputHeight * configuration.InputWidth;
        var images = new float[count * length]; // (count, 3, height, width)
        DeterministicValues.Fill("image.test", images, ImageScale, 0);
        using var encoder = new DinoStreams(folder, configuration, blocks);
        IReadOnlyList<(DinoTokens Plain, DinoTokens Normed)>[] encoded =
            [.. Enumerable.Range(0, count).Select(i => encoder.Encode(images.AsMemory(i * length, length), cancellation))];
        return blocks.Index().ToDictionary(
            block => block.Item, block => (((DinoTokens, DinoTokens)[])[.. encoded.Select(image => image[block.Index])]));
    }

    private float[] Values(TensorEntry tensor)
    {
        if (tensor.Name == Places) return ResizedPlaces();
        Match match = TensorName().Match(tensor.Name);
        bool isNormed = match.Groups["normed"].Success || match.Groups["final"].Success, isClass = match.Groups["part"].Value == "cls";
        IEnumerable<DinoTokens> tokens =
            streams[Block(match, configuration)].Select(image => isNormed ? image.Normed : image.Plain);
        return [.. tokens.SelectMany(image => isClass ? image.Class : image.Patches)];
    }

    private float[] ResizedPlaces()
    {
        using var weights = new DeterministicCheckpoint(configuration);
        var table = new float[weights.Tensors[DinoTensors.Position].Count];
        weights.Read(DinoTensors.Position, table);
        return configuration.Interpolation.Resize(table, configuration.TrainedGrid, configuration.Columns, configuration.Rows);
    }

    private static int Block(Match match, DinoConfiguration configuration)
    {
        if (match.Groups["final"].Success) return configuration.Layers - 1;
        string text = match.Groups["block"].Value;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int block) ? block : int.MaxValue;
    }

    [GeneratedRegex(@"^((?<final>final)\.(?<part>cls|patches)|block(?<block>[0-9]+)\.(?<part>cls|patches)(?<normed>_normed)?)$")]
    private static partial Regex TensorName();
}
