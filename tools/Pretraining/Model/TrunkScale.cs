using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>Brings the channels of a trunk to one deviation for the patch embedding, which would listen to the loudest ones otherwise.</summary>
internal static class TrunkScale
{
    private const int Samples = 32, SampleSize = 160;

    /// <summary>Divides the patch embedding's random weights by their channels' deviation over drawn pictures.</summary>
    public static void Write(ModelWeights weights)
    {
        if (weights.Configuration.Vision.Trunk is null) return;
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor read = new VisionTower(weights).Read(SamplePictures.Draw(Samples, SampleSize));
        Tensor deviations = read.std([0L, 2, 3], unbiased: false).clamp(min: Training.Scalars.Keep(1e-3));
        weights["visual.conv1.weight"].div_(deviations.view(1, -1, 1, 1));
    }
}
