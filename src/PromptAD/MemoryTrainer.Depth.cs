using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD;

/// <content>How many bits the good pictures use.</content>
public sealed partial class MemoryTrainer
{
    private readonly List<PictureReader?> sources = []; // how each picture is read again; null where it cannot be
    private readonly List<Diagnostic> warnings = [];
    private BitDepth depth;

    private delegate Picture PictureReader(BitDepth depth, CancellationToken cancellation);

    /// <summary>
    /// Warnings of pictures that were learned from all the same: bits that were assumed, missing end marks.
    /// </summary>
    public IReadOnlyList<Diagnostic> Warnings =>
        depth.Assumption("the good pictures") is { } assumption ? [.. warnings, assumption] : warnings;

    private bool AddGood(byte[] kept, CancellationToken cancellation) => AddGood(
        (depth, stop) => PictureDecoder.Decode(kept, options.Preprocessing.MaxPicturePixels, depth, stop), isHeld: true, cancellation);

    /// <param name="decode">Reads the picture, and again where a later one uses more bits.</param>
    /// <param name="isHeld">Whether the caller's memory holds the picture, which is then only kept where it matters.</param>
    /// <param name="cancellation">Stops it.</param>
    private bool AddGood(PictureReader decode, bool isHeld, CancellationToken cancellation)
    {
        using Picture picture = decode(depth, cancellation);
        bool isNew = Add(picture.Frame, picture.Depth ?? depth, isHeld && picture.Depth is null ? null : decode, cancellation);
        if (isNew && picture.Warning is { } warning) warnings.Add(warning);
        return isNew;
    }

    private bool Add(in CameraFrame frame, BitDepth agreed, PictureReader? source, CancellationToken cancellation)
    {
        CheckGood(frame);
        Action? putBack = depth.Bits is not null && depth.Bits != agreed.Bits ? LearnAgain(agreed, cancellation) : null;
        try
        {
            if (!Learn(frame, cancellation)) return false;
        }
        catch
        {
            putBack?.Invoke();
            throw;
        }
        depth = agreed;
        sources.Add(source);
        return true;
    }

    private void CheckGood(in CameraFrame frame)
    {
        preprocessor.CheckSize(frame);
        mask?.CheckShape(frame);
        _ = options.Tiles?.Cut(frame, tile: 0).Width;
        if (FrameRows.IsPlain(frame)) throw FrameRows.RefusalOfPlain(frame.Name);
    }

    /// <summary>Learns the pictures so far again with other bits, where these had been concluded from their samples.</summary>
    /// <returns>Brings back what was learned with the earlier ones.</returns>
    private Action LearnAgain(BitDepth agreed, CancellationToken cancellation)
    {
        if (sources.Contains(null))
        {
            string what = $"A picture uses {agreed.Bits} of its 16 bits and those before {depth.Bits}, which were forgotten already.";
            throw new PromptADException(new Diagnostic(Problem.Mismatch, what)
            {
                Remedy = "Say how many bits all of them have with {0}.",
                Option = $"{nameof(PreprocessingOptions)}.{nameof(PreprocessingOptions.SignificantBits)}",
            });
        }
        // All are read before anything is forgotten.
        PictureReader[] again = [.. sources.Select(source => source!)];
        var pictures = new List<Picture>();
        Action? putBack = null;
        try
        {
            foreach (PictureReader decode in again) pictures.Add(decode(agreed, cancellation));
            putBack = Forget();
            foreach ((int i, Picture picture) in pictures.Index())
            {
                if (Learn(picture.Frame, cancellation)) sources.Add(again[i]);
            }
            depth = agreed;
            return putBack;
        }
        catch
        {
            putBack?.Invoke();
            throw;
        }
        finally
        {
            foreach (Picture picture in pictures) picture.Dispose();
        }
    }

    /// <summary>Forgets all pictures, and returns what brings them and their bits back.</summary>
    private Action Forget()
    {
        (MemoryBuilder learned, BitDepth before, PictureReader?[] read) = (memory, depth, [.. sources]);
        memory = NewMemory();
        sources.Clear();
        return () =>
        {
            (memory, depth) = (learned, before);
            sources.Clear();
            sources.AddRange(read);
        };
    }
}
