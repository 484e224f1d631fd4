using System.Collections.Concurrent;
using PromptAD.Files;

namespace PromptAD.Detectors;

/// <summary>The file that a detector was loaded from, and what it held then or when the detector was last saved to it.</summary>
internal sealed class KnownFiles
{
    private readonly ConcurrentDictionary<string, string> identities = new(AtomicFile.PathComparer);

    /// <param name="target">The full path without links.</param>
    /// <param name="identity">As <see cref="FileContent"/> has it.</param>
    public void NoteLoaded(string target, string identity) => identities[target] = identity;

    /// <summary>Writes a detector's file, unless somebody else has changed it meanwhile.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="path">The file.</param>
    /// <param name="before">What it must hold where it is not known; null for anything.</param>
    /// <exception cref="PromptADException">The file cannot be written, or holds something else.</exception>
    public void Save(Detector detector, string path, FileContent? before)
    {
        var writer = new DetectorWriter(detector);
        string target = writer.Write(path, (asked, found) => Check(asked, found, before));
        NoteSaved(target, writer.Hash);
    }

    /// <summary>The same after saving; of a file that the detector was not loaded from nothing is noted.</summary>
    /// <param name="target">The full path without links.</param>
    /// <param name="identity">As <see cref="FileContent"/> has it.</param>
    private void NoteSaved(string target, string identity)
    {
        if (identities.ContainsKey(target)) identities[target] = identity;
    }

    /// <summary>Refuses to take the place of what somebody else wrote meanwhile. A file that is gone may be written again.</summary>
    /// <param name="path">The file as it was asked for.</param>
    /// <param name="target">The full path without links.</param>
    /// <param name="otherwise">What a file that is not known must hold; null for anything.</param>
    /// <exception cref="PromptADException">The file holds something else.</exception>
    private void Check(string path, string target, FileContent? otherwise)
    {
        bool isKnown = identities.TryGetValue(target, out string? expected);
        if (!isKnown && otherwise is null) return;
        if (!isKnown) expected = otherwise!.Value.Identity;
        string? found = FileContent.Of(target).Identity;
        if (found is null || found == expected) return;
        throw new PromptADException(Problem.Conflict, isKnown
            ? $"'{path}' was changed meanwhile by another program, so it was not saved, which would undo that change. Load it again and "
                + "repeat yours, or save under another name."
            : $"'{path}' was changed meanwhile by another program, so it was not saved, which would undo that change. Start again, or give "
                + "another name.");
    }
}
