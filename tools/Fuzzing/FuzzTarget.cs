using System.Text;
using PromptAD;
using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Encoders.Dino;
using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Server.Judging;
using PromptAD.Server.Products;
using PromptAD.Store;

namespace Fuzzing;

/// <summary>A reader of bytes that others wrote. It reads them, or refuses them with an error that is meant for the reader's user.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Read">Reads; the folder is for what must lie in a file.</param>
internal sealed record FuzzTarget(string Name, Action<byte[], string> Read)
{
    private const long MostPixels = 1 << 20;
    private const int Merges = 64;

    /// <summary>All readers.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("picture", (bytes, _) => PictureDecoder.Decode(bytes, MostPixels).Dispose()),
        new("header", (bytes, folder) => PictureDecoder.ReadHeader(InFile(bytes, folder), MostPixels)),
        new("frame", (bytes, _) => ReadFrame(bytes)),
        new("detector", (bytes, _) => Detector.Load(new MemoryStream(bytes))),
        new("weights", (bytes, folder) => ReadWeights(InFile(bytes, folder))),
        new("clip", (bytes, _) => ClipConfiguration.Parse(Encoding.UTF8.GetString(bytes))),
        new("dino", (bytes, _) => DinoConfiguration.Parse(Encoding.UTF8.GetString(bytes))),
        new("merges", (bytes, _) => MergesReader.Read(new MemoryStream(bytes), "of the fuzzer", Merges)),
        new("manifest", (bytes, folder) => ReadManifest(bytes, folder)),
        new("recipe", (bytes, _) => RecipeFile.Read(bytes)),
        new("media", (bytes, _) => ReadMedia(bytes)),
    ];

    /// <summary>Whether an error is the reader's refusal, and no fault of it.</summary>
    public static bool IsRefusal(Exception error) =>
        (error is PromptADException or PromptAD.Server.Operations.ServiceException) && !RanOutOfMemory(error);

    /// <summary>A reader of a library may call it damage when it wants more memory than there is.</summary>
    private static bool RanOutOfMemory(Exception? error) =>
        error is not null && (error is OutOfMemoryException || RanOutOfMemory(error.InnerException));

    private static string InFile(byte[] bytes, string folder)
    {
        string path = Path.Combine(folder, "input");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static void ReadWeights(string path)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        foreach ((string name, TensorEntry entry) in checkpoint.Tensors)
        {
            long count = entry.Shape.Aggregate(1L, (all, side) => all * side);
            if (count is >= 0 and <= MostPixels) checkpoint.Read(name, new float[count]);
        }
    }

    /// <summary>Size, format, stride and bits come from the first bytes, the pixels from the others.</summary>
    private static void ReadFrame(byte[] bytes)
    {
        if (bytes.Length < 8) return;
        int width = BitConverter.ToUInt16(bytes, 0), height = BitConverter.ToUInt16(bytes, 2), stride = BitConverter.ToUInt16(bytes, 4);
        var frame = new CameraFrame(bytes.AsSpan(8), width, height, (PixelFormat)(bytes[6] & 31), stride, bytes[7]);
        using Picture? plain = BayerFrames.ToPicture(frame);
        FrameRows.IsPlain(plain is null ? frame : plain.Frame);
    }

    private static void ReadManifest(byte[] bytes, string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, BackboneManifest.FileName), bytes);
        BackboneManifest.Read(folder);
    }

    private static void ReadMedia(byte[] bytes)
    {
        if (PictureMedia.Parse(Encoding.Latin1.GetString(bytes)).Frame is { } shape) shape.Of(new byte[256]);
    }
}
