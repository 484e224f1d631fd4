namespace PromptAD.Encoders.Dino;

/// <summary>How DINOv2 normalises pixels: an 8-bit level divided by 255, minus ImageNet's mean, over its deviation.</summary>
internal static class DinoPixels
{
    /// <summary>The normalisation within the convolution that reads pixels.</summary>
    public static readonly PixelFold Fold = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}
