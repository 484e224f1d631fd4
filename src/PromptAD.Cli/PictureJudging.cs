using PromptAD.Files;
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
            paths.Select(path => PictureInput.FromFile(path.Path).WithTag(path)).ToAsyncEnumerable(),
            (judged, in picture) => Finish((PicturePath)judged.Input.Tag!, judged, picture, files),
            cancellation: cancellation);

    private static PictureResult Finish(PicturePath path, StreamedPrediction judged, in CameraFrame picture, PictureOutput? files)
    {
        if (judged.Prediction is not { } prediction)
            return new PictureResult(path.Path) { Error = Remedies.Of(judged.Error!.Diagnostic) };
        JudgedPicture result = JudgedPicture.From(path.Path, prediction);
        if (prediction.Warnings.Count > 0) result = result with { Warnings = [.. prediction.Warnings.Select(Remedies.Of)] };
        if (files is null) return result;
        // A verdict that was found is never thrown away for a file that cannot be written.
        string? overlayError = null, mapError = null;
        try
        {
            result = result with { Overlay = files.WriteOverlay(path, picture, prediction) };
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            overlayError = reason;
        }
        try
        {
            result = result with { Map = files.WriteMap(path, prediction) };
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            mapError = reason;
        }
        return result with { Error = overlayError ?? mapError };
    }

    /// <summary>Why a file was not written; null for what is an error of the program.</summary>
    private static string? ReasonOf(Exception e) => e switch
    {
        PromptADException => e.Message,
        IOException or UnauthorizedAccessException or OutOfMemoryException =>
            $"Cannot write a result: {AtomicFile.Reason(e)}. Check free memory, free space and rights.",
        _ => null,
    };
}
