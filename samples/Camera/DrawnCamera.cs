using System.Runtime.CompilerServices;

namespace Camera;

/// <summary>Stands for a camera: it takes 8-bit grey frames of a drawn, striped part. Replace it by your SDK.</summary>
/// <param name="frames">How many it takes.</param>
/// <param name="pause">The time between two.</param>
internal sealed class DrawnCamera(int frames, TimeSpan pause) : IPictureSource
{
    private const int Width = 320, Height = 240, Stripe = 16, Noise = 8;

    private static readonly string Shape = $"application/x-camera-frame; width={Width}; height={Height}; format=Mono8";

    private readonly string started = $"{DateTime.UtcNow:yyyyMMdd'T'HHmmssfff}";

    /// <inheritdoc/>
    public async IAsyncEnumerable<TakenPicture> TakeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int frame = 0; frame < frames; frame++)
        {
            await Task.Delay(pause, cancellation);
            yield return new TakenPicture(Draw(frame), Shape, $"{started} {frame}", $"part-{frame}");
        }
    }

    private static byte[] Draw(int seed)
    {
        var random = new Random(seed);
        byte[] samples = new byte[Width * Height];
        for (int i = 0; i < samples.Length; i++)
        {
            int brightness = (i % Width / Stripe % 2 == 0) ? 90 : 160;
            samples[i] = (byte)(brightness + random.Next(-Noise, Noise));
        }
        return samples;
    }
}
