namespace PromptAD;

/// <summary>How a picture is brought to the encoder's input size (mark Q5).</summary>
public enum ResizeMode
{
    /// <summary>One bicubic resize with anti-aliasing, as Pillow does it.</summary>
    Direct,

    /// <summary>
    /// First to 1024 x 1024, bilinear without anti-aliasing as OpenCV does it, then as <see cref="Direct"/>: what the paper's program does.
    /// </summary>
    Through1024,
}
