using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Store;

/// <summary>
/// Turns a checkpoint into a backbone folder: <c>vision.onnx</c> with its weights in <c>vision.safetensors</c>, the manifest, and for a
/// backbone with a text tower <c>text.safetensors</c> and the vocabulary. One tensor is in memory at a time; the folder appears under its
/// name only when it is complete.
/// </summary>
/// <param name="checkpoint">The weights.</param>
/// <param name="configuration">Their shape.</param>
/// <param name="tokenizer">The vocabulary of the text tower; null where there is none.</param>
/// <param name="precision">How the vision weights are stored.</param>
/// <param name="progress">Told how far the import is.</param>
/// <param name="cancellation">Stops the import.</param>
internal sealed class BackboneImporter(
    Checkpoint checkpoint,
    IEncoderConfiguration configuration,
    ClipTokenizer? tokenizer,
    BackbonePrecision precision,
    IProgress<BackboneProgress>? progress,
    CancellationToken cancellation)
{
    private readonly IReadOnlyList<(string Name, long[] Shape)> expected = configuration.ExpectedTensors();
    private long done, total;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder to make; its parent is made if need be.</param>
    /// <param name="source">Where the weights came from, for the manifest.</param>
    /// <param name="generated">Whether the weights were made by rule.</param>
    /// <param name="overwrite">Whether a folder of that name may be replaced.</param>
    public void Write(string folder, string source, bool generated, bool overwrite)
    {
        if (Directory.Exists(folder) && !overwrite)
        {
            throw BackboneStore.IsThere($"{Path.GetFileName(folder)}");
        }
        new CheckpointFit(checkpoint).Require(configuration);
        // Every tensor is read once to check and once to write.
        total = 2 * expected.Sum(tensor => TensorEntry.CountOf(tensor.Shape));
        string temporary = Path.Combine(Path.GetDirectoryName(folder)!, $".import-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(temporary);
            RemoveStale(Path.GetDirectoryName(folder)!);
            string hash = HashWeights();
            WriteFiles(temporary);
            WriteManifest(temporary, Path.GetFileName(folder), hash, source, generated);
            Replace(folder, temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable,
                $"Cannot write the backbone '{folder}': {AtomicFile.Reason(e)}. Choose a store that can be written and has free space.", e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    private static void Replace(string folder, string complete)
    {
        string? replaced = Directory.Exists(folder) ? Path.Combine(Path.GetDirectoryName(folder)!, $".removed-{Guid.NewGuid():N}") : null;
        if (replaced is not null) Directory.Move(folder, replaced);
        try
        {
            Directory.Move(complete, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (replaced is not null) Directory.Move(replaced, folder);
            throw;
        }
        if (replaced is not null) TryDelete(replaced);
    }

    /// <summary>
    /// Deletes a folder that nobody asks for any more. One that cannot be deleted hinders nobody: a later import deletes it.
    /// </summary>
    private static void TryDelete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The backbone is whole, or an earlier error says more.
        }
    }

    /// <summary>Deletes what killed imports and removals left behind a day or longer ago; no import takes that long.</summary>
    private static void RemoveStale(string store)
    {
        foreach (string pattern in (string[])[".import-*", ".removed-*"])
        {
            foreach (string left in Directory.EnumerateDirectories(store, pattern))
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(left) > TimeSpan.FromDays(1)) TryDelete(left);
            }
        }
    }

    private string HashWeights()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(configuration.ToJson()));
        using var vocabulary = new MemoryStream();
        tokenizer?.Save(vocabulary);
        hash.AppendData(vocabulary.GetBuffer().AsSpan(0, (int)vocabulary.Length));
        foreach ((string name, float[] values) in configuration.HashedWeights(Read))
        {
            // A sum of finite values that overflows would be no weight either.
            if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(values)))
            {
                throw new PromptADException(
                    Problem.Damaged,
                    $"Weights '{name}' hold a value that is not a finite number. The checkpoint is damaged; get it again.");
            }
            hash.AppendData(MemoryMarshal.AsBytes<float>(values));
        }
        // Rounded weights make other features; float32 keeps the hash that it has always had.
        if (precision != BackbonePrecision.Float32) hash.AppendData(Encoding.UTF8.GetBytes($"precision {precision}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void WriteFiles(string folder)
    {
        GraphWeights vision = configuration.ToWeights(precision, Read);
        AtomicFile.Write(Path.Combine(folder, Backbone.VisionWeightsFile), vision.Write);
        ModelProto graph = configuration.ToGraph(vision.Layout, Backbone.VisionWeightsFile);
        AtomicFile.Write(Path.Combine(folder, Backbone.VisionGraphFile), graph.WriteTo);
        if (tokenizer is not null) WriteText(folder, tokenizer);
    }

    private void WriteText(string folder, ClipTokenizer tokenizer)
    {
        TensorEntry[] text = [.. expected.Where(tensor => !tensor.Name.StartsWith("visual.", StringComparison.Ordinal))
            .Select(tensor => new TensorEntry(tensor.Name, ElementType.Float32, tensor.Shape))];
        var metadata = new Dictionary<string, string> { ["config"] = configuration.ToJson() };
        AtomicFile.Write(
            Path.Combine(folder, Backbone.TextWeightsFile),
            stream => new SafetensorsLayout(text, metadata).Write(stream, entry => Read(entry.Name)));
        AtomicFile.Write(Path.Combine(folder, Backbone.VocabularyFile), tokenizer.Save);
    }

    private void WriteManifest(string folder, string id, string hash, string source, bool generated)
    {
        using JsonDocument document = JsonDocument.Parse(configuration.ToJson());
        new BackboneManifest
        {
            Format = BackboneManifest.FormatOf(configuration.Kind),
            Kind = configuration.Kind,
            Id = id,
            Hash = hash,
            Configuration = document.RootElement,
            Source = source,
            Generated = generated,
            Precision = precision,
            Created = DateTimeOffset.UtcNow,
            Files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToDictionary(
                path => Path.GetFileName(path),
                path => new ManifestFile(new FileInfo(path).Length, BackboneStore.HashOf(path))),
        }.Write(folder);
    }

    private float[] Read(string name)
    {
        cancellation.ThrowIfCancellationRequested();
        var values = new float[checkpoint.Tensors[name].Count];
        checkpoint.Read(name, values);
        done += values.Length;
        progress?.Report(new BackboneProgress("Importing", Math.Min(1, (double)done / total)));
        return values;
    }
}
