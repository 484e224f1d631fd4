using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptAD.Evaluation.Reports;

/// <summary>The paper's figures for PromptAD on a data set: means over all its categories, picked on the test set.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Categories">Its categories.</param>
/// <param name="Shots">AUROC in [0, 1] by the number of shots.</param>
public sealed record PublishedResults(string Name, string[] Categories, Dictionary<string, PublishedAuroc> Shots)
{
    private static readonly Lazy<PublishedResults[]> Data = new(() =>
    {
        using Stream stream = typeof(PublishedResults).Assembly.GetManifestResourceStream("published-results.json")!;
        return JsonSerializer.Deserialize(stream, PublishedResultJson.Default.PublishedResultsArray)!;
    });

    /// <summary>The figures of the data set that all these categories belong to; null where there is none.</summary>
    internal static PublishedResults? TryFind(IReadOnlyCollection<string> categories) =>
        Data.Value.FirstOrDefault(results => categories.All(results.Categories.Contains));

    /// <summary>The figures with this many shots; null where none were published.</summary>
    public PublishedAuroc? Of(int shots) => Shots.GetValueOrDefault($"{shots}");
}

/// <summary>The paper's figures for one number of shots, in [0, 1].</summary>
/// <param name="Image">Image AUROC.</param>
/// <param name="Pixel">Pixel AUROC.</param>
public sealed record PublishedAuroc(double Image, double Pixel);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PublishedResults[]))]
internal sealed partial class PublishedResultJson : JsonSerializerContext;
