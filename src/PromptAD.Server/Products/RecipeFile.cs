using System.IO.Compression;
using System.Text.Json;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>
/// A version of a product as one file, to be brought to another service: a ZIP archive with <c>recipe.json</c>, which names the detector's
/// SHA-256, and the detector.
/// </summary>
internal static class RecipeFile
{
    /// <summary>The format that is written, and the highest that is read.</summary>
    public const int Format = 1;

    public const string MediaType = "application/zip";
    private const string HeaderName = "recipe.json", DetectorName = "detector.promptad";
    private const int LongestHeader = 1 << 16, LongestDetector = 1 << 30;

    /// <summary>Writes a recipe.</summary>
    public static byte[] Write(ProductRow product, VersionRow version, byte[] detector)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var header = new Header(Format, product.Id, product.Name, version.Number, version.FileHash, version.Created);
            using (Stream entry = archive.CreateEntry(HeaderName).Open()) JsonSerializer.Serialize(entry, header, ServiceJson.Options);
            using (Stream entry = archive.CreateEntry(DetectorName, CompressionLevel.NoCompression).Open()) entry.Write(detector);
        }
        return stream.ToArray();
    }

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="PromptADException">It is none, is damaged, or of a newer version.</exception>
    public static (Header Header, byte[] Detector) Read(byte[] recipe)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(recipe, writable: false), ZipArchiveMode.Read);
            byte[] json = Part(archive, HeaderName, LongestHeader);
            // The format first: a newer one may have other members.
            int format = JsonElement.Parse(json).GetProperty("format").GetInt32();
            if (format > Format)
            {
                throw new PromptADException(
                    Problem.Unsupported,
                    $"The recipe has format {format}, and this service reads up to {Format}; take a newer version of it.");
            }
            Header header = JsonSerializer.Deserialize<Header>(json, ServiceJson.Options) ?? throw new JsonException();
            byte[] detector = Part(archive, DetectorName, LongestDetector);
            return FileStore.HashOf(detector) == header.Sha256
                ? (header, detector)
                : throw new PromptADException(Problem.Damaged, "The recipe's detector is not the one that it names; export it again.");
        }
        catch (Exception e) when (
            e is InvalidDataException or IOException or JsonException or KeyNotFoundException or InvalidOperationException
                or FormatException)
        {
            throw new PromptADException(Problem.Damaged, "The bytes are no recipe of this service, or a damaged one; export it again.", e);
        }
    }

    private static byte[] Part(ZipArchive archive, string name, int longest)
    {
        ZipArchiveEntry entry = archive.GetEntry(name) ?? throw new InvalidDataException();
        using Stream stream = entry.Open();
        using var whole = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        // What the archive says of its length may be a lie.
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (whole.Length + read > longest) throw new InvalidDataException();
            whole.Write(buffer, 0, read);
        }
        return whole.ToArray();
    }

    /// <summary>What a recipe says of itself.</summary>
    internal sealed record Header(int Format, string Product, string Name, int Version, string Sha256, DateTime Created);
}
