using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>Named weights as somebody stored or computes them. Only one tensor is in memory at a time.</summary>
internal abstract class Checkpoint : IDisposable
{
    private const int LongestName = 500;
    private const string Known = "Give a safetensors file, or a state_dict written by torch.save";

    /// <summary>The tensors by name.</summary>
    public abstract IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The names of a file's tensors as they tell what model it is: without wrappers, but before they are translated.</summary>
    public virtual IEnumerable<string> FoundNames => Tensors.Keys;

    /// <summary>
    /// Opens weights in any container that is known; the content tells which, not the name. CLIP's tensors get open_clip's names and
    /// DINOv2's get Meta's, whichever program named them.
    /// </summary>
    /// <exception cref="PromptADException">The file cannot be read, is damaged or is no weights. Nothing in it was run.</exception>
    public static Checkpoint Open(string path) => new RenamedCheckpoint(OpenStored(path));

    /// <summary>Reads a tensor as float32, row-major, into memory of exactly its number of elements.</summary>
    public abstract void Read(string name, Span<float> destination);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <exception cref="InvalidDataException">A tensor's name is not a line of text.</exception>
    internal static void CheckName(string name)
    {
        if (name.Length > LongestName || name.Any(char.IsControl))
            throw new InvalidDataException("the name of a tensor is not a short line of text");
    }

    private static Checkpoint OpenStored(string path)
    {
        ReadOnlySpan<byte> start = ReadStart(path);
        if (start.StartsWith("PK"u8)) return TorchCheckpoint.Open(path, stream => new TorchZip(stream));
        if (start is [0x80, ..] && start[..Math.Min(32, start.Length)].IndexOf(TorchLegacy.MagicBytes) > 0)
            return TorchCheckpoint.Open(path, stream => new TorchLegacy(stream));
        if (start is [_, _, _, _, _, _, _, _, (byte)'{', ..]) return new SafetensorsCheckpoint(path);
        throw new PromptADException(Problem.Damaged, $"Cannot read '{path}' as weights: {Guess(start)}. {Known}.");
    }

    private static byte[] ReadStart(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            var start = new byte[512];
            return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PromptADException(AtomicFile.ProblemOf(e), $"Cannot open '{path}': {AtomicFile.Reason(e)}. {Known}.", e);
        }
    }

    private static string Guess(ReadOnlySpan<byte> start) => start switch
    {
        [] => "it is empty",
        [0x80, ..] => "it is a bare pickle, not a file of torch.save",
        _ when start.StartsWith("version https://git-lfs"u8) => "it is a Git LFS pointer, so the weights themselves were not downloaded",
        _ when start.TrimStart(" \r\n\t"u8).StartsWith("<"u8) => "it is a web page",
        _ when start.Length > 262 && start[257..].StartsWith("ustar"u8) => "it is a tar archive, as PyTorch wrote them before 2017",
        _ => "it is neither safetensors nor PyTorch",
    };
}
