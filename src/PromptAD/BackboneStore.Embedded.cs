using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Files;
using PromptAD.Store;
using PromptAD.Store.Embedded;

namespace PromptAD;

public sealed partial class BackboneStore
{
    /// <summary>
    /// The name of the small backbone that the library carries: layers that have learned from photographs, and words that have learned from
    /// drawn pictures; for trying things out, for tests and where nothing can be downloaded. Open it by this name; the store gets it at
    /// first use.
    /// </summary>
    public const string EmbeddedId = "promptad-small-2";

    /// <summary>
    /// What the embedded backbone of earlier releases was called. Detectors of theirs find it in the stores that have it.
    /// </summary>
    internal const string FormerEmbeddedId = "promptad-small";

    /// <summary>Brings the embedded backbone into the store, if it is not there or is one of another version of this library.</summary>
    private void EnsureEmbedded()
    {
        if (HasEmbedded()) return;
        string temporary = Directory.CreateTempSubdirectory("promptad-").FullName;
        try
        {
            (string checkpoint, string configuration, string vocabulary) = EmbeddedBackbone.Extract(temporary);
            using Checkpoint weights = Checkpoint.Open(checkpoint);
            var options = new BackboneImportOptions { Vocabulary = vocabulary, Overwrite = true };
            IEncoderConfiguration parsed = BackboneCatalog.Find(configuration);
            Import(weights, parsed, EmbeddedId, EmbeddedBackbone.Source, generated: false, options, progress: null, default);
        }
        catch (PromptADException) when (HasEmbedded())
        {
            // Another process was faster.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable, $"Cannot unpack the embedded backbone into '{temporary}': {AtomicFile.Reason(e)}. Free some space.", e);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private bool HasEmbedded()
    {
        string folder = Path.Combine(Folder, EmbeddedId);
        try
        {
            return File.Exists(Path.Combine(folder, BackboneManifest.FileName))
                && BackboneManifest.Read(folder).Source == EmbeddedBackbone.Source;
        }
        catch (PromptADException)
        {
            return false; // a damaged one is replaced
        }
    }

    private static void RefuseEmbeddedName(string id)
    {
        if (id == EmbeddedId) throw new PromptADException(
            Problem.InvalidArgument,
            $"'{id}' is the name of the embedded backbone; choose another name.");
    }
}
