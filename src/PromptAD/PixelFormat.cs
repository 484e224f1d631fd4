namespace PromptAD;

/// <summary>How the bytes of a <see cref="CameraFrame"/> are to be read. Grey pixels become red = green = blue.</summary>
public enum PixelFormat
{
    /// <summary>One byte per pixel.</summary>
    Gray8,

    /// <summary>
    /// Two bytes per pixel, little-endian; <see cref="CameraFrame.SignificantBits"/> says how many of the 16 bits are used.
    /// </summary>
    Gray16,

    /// <summary>Three bytes per pixel: red, green, blue.</summary>
    Rgb24,

    /// <summary>Three bytes per pixel: blue, green, red.</summary>
    Bgr24,

    /// <summary>Four bytes per pixel: blue, green, red, alpha. Alpha is dropped, not blended.</summary>
    Bgra32,
}
