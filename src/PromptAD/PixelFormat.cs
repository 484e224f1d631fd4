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

    /// <summary>One byte per pixel behind a Bayer filter whose first row begins red, green. Colours between are found bilinearly.</summary>
    BayerRG8,

    /// <summary>As <see cref="BayerRG8"/>, but the first row begins green, red.</summary>
    BayerGR8,

    /// <summary>As <see cref="BayerRG8"/>, but the first row begins green, blue.</summary>
    BayerGB8,

    /// <summary>As <see cref="BayerRG8"/>, but the first row begins blue, green.</summary>
    BayerBG8,

    /// <summary>
    /// As <see cref="BayerRG8"/> with two bytes per pixel, little-endian: what cameras call BayerRG10, BayerRG12 and BayerRG16;
    /// <see cref="CameraFrame.SignificantBits"/> says which.
    /// </summary>
    BayerRG16,

    /// <summary>As <see cref="BayerRG16"/>, but the first row begins green, red.</summary>
    BayerGR16,

    /// <summary>As <see cref="BayerRG16"/>, but the first row begins green, blue.</summary>
    BayerGB16,

    /// <summary>As <see cref="BayerRG16"/>, but the first row begins blue, green.</summary>
    BayerBG16,

    /// <summary>Grey, 10 bits per pixel without gaps, the lowest bits first (PFNC): four pixels in five bytes. Rows begin a byte.</summary>
    Mono10p,

    /// <summary>Grey, 12 bits per pixel without gaps, the lowest bits first (PFNC): two pixels in three bytes. Rows begin a byte.</summary>
    Mono12p,

    /// <summary>
    /// Grey, two pixels in three bytes as GigE Vision packs them: the upper 8 bits of the first, the lower 4 of both, the upper 8 of the
    /// second. A row begins a byte.
    /// </summary>
    Mono12Packed,

    /// <summary>As <see cref="BayerRG8"/> with 10 bits per pixel, packed as <see cref="Mono10p"/> is.</summary>
    BayerRG10p,

    /// <summary>As <see cref="BayerRG10p"/>, but the first row begins green, red.</summary>
    BayerGR10p,

    /// <summary>As <see cref="BayerRG10p"/>, but the first row begins green, blue.</summary>
    BayerGB10p,

    /// <summary>As <see cref="BayerRG10p"/>, but the first row begins blue, green.</summary>
    BayerBG10p,

    /// <summary>As <see cref="BayerRG8"/> with 12 bits per pixel, packed as <see cref="Mono12p"/> is.</summary>
    BayerRG12p,

    /// <summary>As <see cref="BayerRG12p"/>, but the first row begins green, red.</summary>
    BayerGR12p,

    /// <summary>As <see cref="BayerRG12p"/>, but the first row begins green, blue.</summary>
    BayerGB12p,

    /// <summary>As <see cref="BayerRG12p"/>, but the first row begins blue, green.</summary>
    BayerBG12p,

    /// <summary>As <see cref="BayerRG8"/> with 12 bits per pixel, packed as <see cref="Mono12Packed"/> is.</summary>
    BayerRG12Packed,

    /// <summary>As <see cref="BayerRG12Packed"/>, but the first row begins green, red.</summary>
    BayerGR12Packed,

    /// <summary>As <see cref="BayerRG12Packed"/>, but the first row begins green, blue.</summary>
    BayerGB12Packed,

    /// <summary>As <see cref="BayerRG12Packed"/>, but the first row begins blue, green.</summary>
    BayerBG12Packed,
}
