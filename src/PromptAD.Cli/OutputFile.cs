using PromptAD.Detectors;
using PromptAD.Files;
using PromptAD.Wording;

namespace PromptAD.Cli;

/// <summary>A file that a command writes, and what it must not take the place of.</summary>
internal static class OutputFile
{
    /// <summary>Refuses to write over what the command reads; no option allows it.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="inputs">The files that are read, but for the one that the command is meant to change.</param>
    /// <exception cref="PromptADException">
    /// The file is read-only or one of the inputs, or a link of the two leads to the other.
    /// </exception>
    public static void KeepInputs(string file, IEnumerable<string> inputs)
    {
        AtomicFile.RefuseReadOnly(file);
        KeepInputs([file], inputs);
    }

    /// <summary>The same of many files to write.</summary>
    /// <exception cref="PromptADException">As above, but whether they are read-only is not looked at.</exception>
    public static void KeepInputs(IEnumerable<string> files, IEnumerable<string> inputs)
    {
        var read = new Dictionary<string, string>(AtomicFile.PathComparer);
        foreach (string input in inputs) read.TryAdd(Resolve(input), input);
        foreach (string file in files)
        {
            if (read.TryGetValue(Resolve(file), out string? taken))
                throw new PromptADException(
                    Problem.Unwritable,
                    $"'{file}' cannot be written, because '{taken}' is read from; give the output another name.");
        }
    }

    /// <summary>Lets a command that changes a detector write over that one, or over what training alone can make again.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="changed">The detector that is changed.</param>
    /// <exception cref="PromptADException">
    /// Another file is there and is no detector, or one with feedback, defects or a calibration in it.
    /// </exception>
    public static void KeepOthers(string file, string changed)
    {
        if (!File.Exists(file) || AtomicFile.PathComparer.Equals(Resolve(file), Resolve(changed))) return;
        if (ReasonToKeep(file) is not { } reason) return;
        throw new PromptADException(
            Problem.AlreadyExists,
            $"'{file}' is there already and {reason}; give another name, or delete it first.");
    }

    /// <summary>Refuses to write over any file that is there, where it was not asked for.</summary>
    /// <exception cref="PromptADException">The file is there.</exception>
    public static void KeepAll(string file, bool force)
    {
        if (!force && Path.Exists(file))
            throw new PromptADException(Problem.AlreadyExists, $"'{file}' is there already; give another name, or --force to replace it.");
    }

    /// <summary>Lets training take the place of what training alone can make again.</summary>
    /// <exception cref="PromptADException">
    /// The file is there and is no detector, or one with feedback, defects or a calibration in it, and it was not asked for.
    /// </exception>
    public static void KeepWhatWasTaught(string file, bool force)
    {
        if (force || !File.Exists(file)) return;
        if (ReasonToKeep(file) is not { } reason) return;
        throw new PromptADException(
            Problem.AlreadyExists,
            $"'{file}' is there already and {reason}; give another name, or --force to replace it.");
    }

    /// <summary>What the file holds as a command begins, so that it is not replaced if somebody else changes it meanwhile.</summary>
    public static FileContent ContentOf(string file) => FileContent.Of(Resolve(file));

    private static string? ReasonToKeep(string file)
    {
        Detector known;
        try
        {
            known = Detector.Load(file);
        }
        catch (PromptADException)
        {
            return "is no detector that can be read";
        }
        if (known.FeedbackHistory is { Count: > 0 } history)
            return $"has learned from {Plural.Of(history.Count, "picture")} of feedback";
        if (known.GoodScores.Further is { Count: > 0 } further)
            return $"was calibrated with {Plural.Of(further.Count, "further picture")}";
        return known.ReferencePictures.Any(kept => !kept.IsGood) ? "keeps pictures of defects" : null;
    }

    private static string Resolve(string path)
    {
        try
        {
            return AtomicFile.TargetOf(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Path.GetFullPath(path); // a link that goes round: what reads it says so
        }
    }
}
