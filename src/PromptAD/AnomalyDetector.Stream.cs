using System.Diagnostics;
using PromptAD.Decisions;
using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Validation;

namespace PromptAD;

public sealed partial class AnomalyDetector
{
    private const int MostAhead = 1024;

    /// <summary>
    /// Judges a stream of pictures at the encoder's pace: while one is encoded, the next are decoded. Results come in the pictures' order;
    /// a picture that cannot be judged gives a result with an error, and the others go on.
    /// </summary>
    /// <param name="pictures">The stream; it is read as pictures are needed.</param>
    /// <param name="ahead">
    /// How many pictures may be decoded ahead, and how many results may wait for the caller: 1 to 1024. More takes memory and helps only
    /// where decoding is uneven.
    /// </param>
    /// <param name="cancellation">Stops the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="PromptADException"><paramref name="ahead"/> is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The detector has been disposed; thrown by the stream.</exception>
    public IAsyncEnumerable<StreamedPrediction> PredictAsync(
        IAsyncEnumerable<PictureInput> pictures, int ahead = 2, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return PredictAsync(pictures, (judged, in _) => judged, ahead, cancellation);
    }

    /// <summary>
    /// The same with a last step of the caller's own, such as drawing and writing overlays: it runs on several threads beside the encoder,
    /// and what it returns comes out in the pictures' order.
    /// </summary>
    /// <param name="pictures">As above.</param>
    /// <param name="last">The last step.</param>
    /// <param name="ahead">As above.</param>
    /// <param name="cancellation">As above.</param>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="ObjectDisposedException">As above.</exception>
    public IAsyncEnumerable<TResult> PredictAsync<TResult>(
        IAsyncEnumerable<PictureInput> pictures, StreamStep<TResult> last, int ahead = 2, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(last);
        Check.Range(ahead, 1, MostAhead, nameof(ahead));
        return OrderedPipeline.RunAsync(pictures, Begin, Encode, encoded => End(encoded, last), Discard, ahead, cancellation);
    }

    private InStream Begin(PictureInput input)
    {
        Picture? picture = null;
        try
        {
            long start = Stopwatch.GetTimestamp();
            picture = input.Decode(MaxPicturePixels, Depth);
            return new InStream(input, picture, Prepare(input.Frame(picture), start, picture?.Warning), Encoded: null, Error: null);
        }
        catch (Exception e) when (Known(e) is { } error)
        {
            return new InStream(input, picture, Prepared: null, Encoded: null, error);
        }
        catch
        {
            picture?.Dispose();
            throw;
        }
    }

    /// <summary>Gives back what a picture holds that is judged no more.</summary>
    private void Discard(InStream picture)
    {
        picture.Picture?.Dispose();
        picture.Prepared?.Dispose();
        if (picture.Encoded is { } encoded) GiveBack(encoded.Regions);
    }

    private InStream Encode(InStream picture, CancellationToken cancellation)
    {
        if (picture.Prepared is null) return picture;
        try
        {
            using PreparedPicture prepared = picture.Prepared;
            return picture with { Encoded = Encode(prepared, cancellation) };
        }
        catch (Exception e) when (Known(e) is { } error)
        {
            return picture with { Error = error };
        }
    }

    private TResult End<TResult>(InStream picture, StreamStep<TResult> last)
    {
        using Picture? decoded = picture.Picture;
        Prediction? prediction = null;
        PromptADException? error = picture.Error;
        try
        {
            if (picture.Encoded is { } encoded) prediction = Score(encoded, CancellationToken.None);
        }
        catch (Exception e) when (Known(e) is { } known)
        {
            error = known;
        }
        return last(
            new StreamedPrediction(picture.Input, prediction, error), prediction is null ? default : picture.Input.Frame(decoded));
    }

    /// <summary>The error of one picture, which the others survive; null for what ends the stream.</summary>
    private static PromptADException? Known(Exception e) => e switch
    {
        PromptADException known => known,
        OutOfMemoryException => new PromptADException(
            Problem.Environment,
            $"The picture cannot be judged: {AtomicFile.Reason(e)}. Check free memory.", e),
        _ => null,
    };

    private sealed record InStream(
        PictureInput Input, Picture? Picture, PreparedPicture? Prepared, EncodedPicture? Encoded, PromptADException? Error);
}
