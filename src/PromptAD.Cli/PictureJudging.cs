using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Results;

namespace PromptAD.Cli;

/// <summary>
/// Judges pictures and writes what is wanted. A result with scores and an error is a picture that was judged, one of whose files could not
/// be written.
/// </summary>
internal static class PictureJudging
{
    /// <summary>Judges pictures in their order; one that cannot be judged becomes a result with an error.</summary>
    public static IAsyncEnumerable<PictureResult> RunAsync(
        AnomalyDetector detector, IEnumerable<PicturePath> paths, PictureOutput? files, CancellationToken cancellation) =>
        detector.PredictAsync(
            paths.ToAsyncEnumerable(),
            path => new PictureInput((limit, depth) => PictureDecoder.Decode(path.Path, limit, depth)) { Tag = path },
            (judged, picture) => Finish((PicturePath)judged.Input.Tag!, judged, picture, files),
            cancellation: cancellation);

    private static PictureResult Finish(PicturePath path, StreamedPrediction judged, Picture? picture, PictureOutput? files)
    {
        using (picture)
        {
            if (judged.Prediction is not { } prediction)
                return new PictureResult(path.Path) { Error = Remedies.Of(judged.Error!.Diagnostic) };
            JudgedPicture result = JudgedPicture.From(path.Path, prediction);
            if (prediction.Warnings.Count > 0) result = result with { Warnings = [.. prediction.Warnings.Select(Remedies.Of)] };
            if (files is null) return result;
            (string? overlay, string? overlayError) = Written(() => files.WriteOverlay(path, picture!, prediction));
            (string? map, string? mapError) = Written(() => files.WriteMap(path, prediction));
            return result with { Overlay = overlay, Map = map, Error = overlayError ?? mapError };
        }
    }

    /// <summary>The file that was written, or why it was not: a verdict that was found is never thrown away for it.</summary>
    private static (string? File, string? Error) Written(Func<string?> write)
    {
        try
        {
            return (write(), null);
        }
        catch (PromptADException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            return (null, $"Cannot write a result: {AtomicFile.Reason(e)}. Check free memory, free space and rights.");
        }
    }
}
