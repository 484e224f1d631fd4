using PromptAD.Detectors;

namespace PromptAD;

/// <summary>
/// A detector file that is read, changed and written again, so that two programs do not undo each other's changes: it is replaced only
/// while it holds what was read or last saved. Safe to use from several threads.
/// </summary>
public sealed class DetectorFile
{
    private readonly KnownFiles known;
    private readonly Lock gate = new();

    private DetectorFile(string path, Detector detector, KnownFiles known) => (Path, Detector, this.known) = (path, detector, known);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it held when it was opened, or what was saved since.</summary>
    public Detector Detector { get; private set; }

    /// <summary>Reads a detector file.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this library.</exception>
    public static DetectorFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        (Detector detector, KnownFiles known) = DetectorReader.Read(path);
        return new DetectorFile(path, detector, known);
    }

    /// <summary>Whether a file says that it is a detector; whether it is a whole one is not looked at.</summary>
    public static bool IsDetector(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return DetectorReader.IsDetector(path);
    }

    /// <summary>Writes a changed detector; the file holds either the old detector or the whole new one.</summary>
    /// <exception cref="PromptADException">
    /// The file cannot be written, or was changed meanwhile by another program: open it again and repeat the change.
    /// </exception>
    public void Save(Detector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        lock (gate)
        {
            known.Save(detector, Path, before: null);
            Detector = detector;
        }
    }
}
