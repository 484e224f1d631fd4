using PromptAD.Checkpoints;
using PromptAD.Files;

namespace PromptAD.Tests.Store;

/// <summary>A store in a folder of its own, and checkpoints by rule to import.</summary>
public abstract class StoreTest : TemporaryFolder
{
    private protected StoreTest() => Store = new BackboneStore(InFolder("store"));

    private protected BackboneStore Store { get; }

    /// <summary>The names of the store's entries, hidden ones too.</summary>
    private protected string[] StoreEntries => Directory.Exists(Store.Folder)
        ? [.. Directory.EnumerateFileSystemEntries(Store.Folder).Select(path => Path.GetFileName(path)).Order()]
        : [];

    private protected string ConfigurationFile => WriteText("tiny.json", TinyModels.Json);

    /// <summary>A configuration of the same vision tower and a deeper text tower.</summary>
    private protected string OtherConfigurationFile =>
        WriteText("other.json", TinyModels.Json.Replace("\"layers\": 1", "\"layers\": 2", StringComparison.Ordinal));

    private protected BackboneInfo Generate(string id) => Store.Generate(TinyModels.Configuration, id);

    private protected string WriteText(string name, string text)
    {
        File.WriteAllText(InFolder(name), text);
        return InFolder(name);
    }

    /// <summary>Writes a checkpoint of the tiny model whose entries and values may be changed.</summary>
    private protected string WriteCheckpoint(Func<TensorEntry, TensorEntry?>? entries = null, Action<TensorEntry, float[]>? values = null)
    {
        string path = InFolder("weights.safetensors");
        using var rule = new DeterministicCheckpoint(TinyModels.Configuration);
        TensorEntry[] kept = [.. rule.Tensors.Values.Select(entry => entries is null ? entry : entries(entry)).OfType<TensorEntry>()];
        AtomicFile.Write(path, stream => new SafetensorsLayout(kept).Write(stream, entry =>
        {
            var written = new float[entry.Count];
            if (rule.Tensors.TryGetValue(entry.Name, out TensorEntry? known) && known.Count == entry.Count) rule.Read(entry.Name, written);
            values?.Invoke(entry, written);
            return written;
        }));
        return path;
    }
}
